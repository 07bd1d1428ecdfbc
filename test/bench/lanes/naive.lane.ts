import type { Lane } from './lane';
import { startProcess } from './process';

export const naive: Lane = {
  name: 'naive',
  what: 'the coordinator with one database transaction per change, sixteen at once',
  start: async ({ cleanup, engine, load }) => {
    const subject = await startProcess(cleanup, 'naive-coordinator', await engine.create(cleanup));
    return { subject, driver: load, callsBranches: true };
  },
};
