import type { Lane } from './lane';
import { startProcess } from './process';

export const naive: Lane = {
  name: 'naive',
  what: 'the coordinator with one database transaction per change, sixteen at once',
  start: async ({ cleanup, engine, load }) => {
    const { env, database } = await engine.start(cleanup);
    const subject = await startProcess(cleanup, 'naive-coordinator', env);
    return { subject, driver: load, callsBranches: true, database };
  },
};
