import { availableParallelism, cpus } from 'node:os';

/** @returns what the figures were measured on. */
export function machine(): string {
  return `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`;
}
