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

/** Starts a coordinator on a store. @param crash absent: it lives on @param port absent: a free one */
export function startFaulty(store: StoreEnvironment, crash?: Crash, port = 0): Promise<ServerProcess> {
  const death = crash ? [crash.point, String(crash.hit), ...(crash.gid ? [crash.gid] : [])] : [];
  const args = [JSON.stringify(storeOptions(store)), ...death];
  return ServerProcess.start({ name: 'faulty coordinator', script: SCRIPT, args, env: { HTTP_PORT: String(port) } });
}
