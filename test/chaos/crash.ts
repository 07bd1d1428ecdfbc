import type { FaultPoint } from '@nestjs-dtx/coordinator';
import { ServerProcess } from '../support/server-process';
import type { StoreEnvironment } from '../support/store-engine';
import { storeOptions } from '../support/store-options';

/** Main file after `npm run build:tools`. */
const SCRIPT = 'dist/tools/test/chaos/faulty-coordinator.js';

/** When a coordinator dies. */
export interface Crash {
  readonly point: FaultPoint;
  /** The how-manieth time that the point is reached. */
  readonly hit: number;
  /** Only this transaction counts; absent: all do. */
  readonly gid?: string;
}

/** Starts a coordinator on a store. @param crash absent: it lives on */
export function startFaulty(store: StoreEnvironment, crash?: Crash): Promise<ServerProcess> {
  return startDoomed(store, crash ? [crash] : [], 0);
}

/**
 * Starts a coordinator that dies when each of these transactions has come to its point and been stopped there.
 *
 * @param crashes none: it lives on
 */
export function startDoomed(store: StoreEnvironment, crashes: readonly Crash[], port: number): Promise<ServerProcess> {
  const args = [JSON.stringify(storeOptions(store)), ...(crashes.length > 0 ? [JSON.stringify(crashes)] : [])];
  return ServerProcess.start({ name: 'faulty coordinator', script: SCRIPT, args, env: { HTTP_PORT: String(port) } });
}
