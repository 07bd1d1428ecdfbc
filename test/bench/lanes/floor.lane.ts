import type { Lane } from './lane';
import { startProcess } from './process';

export const floor: Lane = {
  name: 'floor',
  what: 'bare Fastify and undici: parse, call, reply; no engine, no Nest, no store',
  start: async ({ cleanup, load }) => {
    return { subject: await startProcess(cleanup, 'floor-server'), driver: load, callsBranches: true };
  },
};
