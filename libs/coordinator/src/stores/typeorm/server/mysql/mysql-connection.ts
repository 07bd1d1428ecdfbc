import type { DataSourceOptions } from 'typeorm';
import type { ServerStoreOptions } from '../server-store.options';
import { preparingDriver } from './mysql-driver';

const CONNECT_TIMEOUT_MS = 3000;
const POOL_SIZE = 8;

/** How TypeORM connects: the pool, and what each of its connections is given first. */
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
    poolSize: poolSize ?? POOL_SIZE,
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: 'utf8mb4',
    // Of texts without a zone; those of a session are in UTC.
    timezone: 'Z',
  };
}
