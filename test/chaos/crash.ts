import type { FaultPoint, StoreOptions } from '@nestjs-dtx/coordinator';
import { ServerProcess } from '../support/server-process';
import type { StoreEnvironment } from '../support/store-engine';

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
  const death = crash ? [crash.point, String(crash.hit), ...(crash.gid ? [crash.gid] : [])] : [];
  const args = [JSON.stringify(storeOptions(store)), ...death];
  return ServerProcess.start({ name: 'faulty coordinator', script: SCRIPT, args });
}

function storeOptions(store: StoreEnvironment): StoreOptions {
  const { STORE_DRIVER: driver, DATA_DIR: directory = '' } = store;
  if (driver === 'sqlite') return { driver, directory };
  if (driver !== 'mariadb' && driver !== 'postgres') throw new Error(`${driver} survives no crash`);
  return {
    driver,
    host: store['STORE_HOST'] ?? '',
    port: Number(store['STORE_PORT']),
    user: store['STORE_USER'] ?? '',
    password: store['STORE_PASSWORD'] ?? '',
    database: store['STORE_DB'] ?? '',
    autoMigrate: true,
  };
}
