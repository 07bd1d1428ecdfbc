import type { FaultPoint } from '@nestjs-dtx/coordinator';
import { ServerProcess } from '../support/server-process';

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

/** Starts a coordinator on a data folder. @param crash absent: it lives on */
export function startFaulty(directory: string, crash?: Crash): Promise<ServerProcess> {
  const args = crash ? [directory, crash.point, String(crash.hit), ...(crash.gid ? [crash.gid] : [])] : [directory];
  return ServerProcess.start({ name: 'faulty coordinator', script: SCRIPT, args });
}
