import type { DataSourceOptions } from 'typeorm';
import type { Session } from '../dialect';
import type { ServerStoreOptions } from '../server-store.options';

const CONNECT_TIMEOUT_MS = 3000;

/** Besides the write lane's: enough for claims, renewals and queries, few enough that they do not wait for each other. */
const DEFAULT_POOL_SIZE = 8;

/**
 * How TypeORM connects. A matched row that already has its new values does not count as changed (`-FOUND_ROWS`): so an
 * insert tells the rows it made from those it found.
 */
export function mysqlConnection(options: ServerStoreOptions): DataSourceOptions {
  const { driver, host, port, user, password, database, poolSize } = options;
  return {
    type: driver === 'mysql' ? 'mysql' : 'mariadb',
    host,
    port,
    username: user,
    password,
    database,
    poolSize: poolSize ?? DEFAULT_POOL_SIZE,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Binary: gids are case sensitive, and literals have to compare with the columns as they are.
    charset: 'UTF8MB4_BIN',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
    flags: ['-FOUND_ROWS'],
  };
}

/**
 * Whatever the server has set, a session has what the statements rely on.
 *
 * - Strict, or a text that is too long would be cut silently.
 * - READ COMMITTED: under REPEATABLE READ the gaps between gids are locked, and neighbours deadlock.
 * - A row that a person with a tool has locked fails the writes to it, and does not hold up a lane for ever.
 * - A coordinator that is frozen inside a database transaction loses it, or nobody could take its work over. Only MariaDB
 *   has a setting for that, which the comment hides from MySQL.
 */
const SETTINGS = `SET SESSION time_zone = '+00:00',
  sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO',
  innodb_lock_wait_timeout = 3, autocommit = 1 /*M! , idle_transaction_timeout = 2 */`;
const ISOLATION = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';

export async function prepareMysqlSession(session: Session): Promise<void> {
  await session.change(SETTINGS);
  await session.change(ISOLATION);
}
