import type { Lane, LaneSurroundings, RunningLane } from './lane';
import { startProcess } from './process';

export const floor = {
  name: 'floor',
  what: 'bare Fastify and undici: parse, call, reply; no engine, no Nest, no store',
  start: async ({ cleanup, load }: Pick<LaneSurroundings, 'cleanup' | 'load'>): Promise<RunningLane> => {
    return { subject: await startProcess(cleanup, 'floor-server'), driver: load, callsBranches: true };
  },
} satisfies Lane;
