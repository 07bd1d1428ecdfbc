import type { DataSourceOptions } from 'typeorm';
import type { ServerStoreOptions } from '../server-store.options';
import { preparingDriver } from './mysql-driver';

const CONNECT_TIMEOUT_MS = 3000;

/** Besides the write lane's: enough for claims, renewals and queries, few enough that they do not wait for each other. */
const DEFAULT_POOL_SIZE = 8;

/** How TypeORM connects. */
export function mysqlConnection(options: ServerStoreOptions): DataSourceOptions {
  const { driver, host, port, user, password, database, poolSize } = options;
  return {
    type: driver === 'mysql' ? 'mysql' : 'mariadb',
    driver: preparingDriver(),
    host,
    port,
    username: user,
    password,
    database,
    poolSize: poolSize ?? DEFAULT_POOL_SIZE,
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: 'UTF8MB4_BIN',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
    // A batch sends what decides nothing together with its commit: half the round trips, a quarter of our CPU time.
    multipleStatements: true,
    // A matched row that already has its new values is not changed: so an insert tells the rows it made from those it found.
    flags: ['-FOUND_ROWS'],
  };
}
