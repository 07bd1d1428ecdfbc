import type { Lane } from './lane';
import { startProcess } from './process';

export const store: Lane = {
  name: 'store',
  what: 'the bare store: the durable writes of the same sagas, no HTTP, no engine',
  start: async ({ cleanup, engine }) => {
    const { env, database } = await engine.start(cleanup);
    const subject = await startProcess(cleanup, 'store-loop', env);
    return { subject, driver: subject, callsBranches: false, database };
  },
};
