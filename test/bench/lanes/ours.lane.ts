import { startCoordinator } from '../../support/coordinator';
import type { Lane } from './lane';

export const ours: Lane = {
  name: 'ours',
  what: 'the coordinator app as it is shipped',
  start: async ({ cleanup, engine, load }) => {
    const subject = await startCoordinator(await engine.create(cleanup));
    cleanup.add(() => subject.kill());
    return { subject, driver: load, callsBranches: true };
  },
};
