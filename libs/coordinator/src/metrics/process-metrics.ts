import { collectDefaultMetrics, Registry } from 'prom-client';

let shared: Registry | undefined;

/**
 * CPU, memory, event loop and garbage collection of this process, whatever runs in it. Watched from the first time that
 * somebody asks: who never does pays nothing, and several coordinators in one process watch once.
 */
export function processMetrics(): Registry {
  if (!shared) {
    shared = new Registry();
    collectDefaultMetrics({ register: shared });
  }
  return shared;
}
