import type { SqlResult } from '../../../barrier/sql-executor';
import type { XaDatabase, XaSession } from '../xa-session';

/** What is used of a connection of `mysql2/promise`. */
export interface Mysql2Connection {
  query(sql: string, values?: unknown[]): Promise<[unknown, ...unknown[]]>;
  end(): Promise<void>;
  destroy(): void;
}

/** What is used of a pool of `mysql2/promise`. */
export interface Mysql2Pool {
  getConnection(): Promise<Omit<Mysql2Connection, 'end'> & { release(): void }>;
}

/** A session with the connection that the business works on. */
export interface Mysql2Session<Connection extends Mysql2Connection = Mysql2Connection> extends XaSession {
  readonly connection: Connection;
}

/**
 * MySQL or MariaDB by `mysql2/promise`.
 *
 * @param connect opens a connection for the work of one branch, as `() => createConnection(options)`. It is closed when the
 * branch is prepared, so that a pool would save nothing
 * @param control a small pool for what ends branches
 */
export function mysql2Database<Connection extends Mysql2Connection>(
  connect: () => Promise<Connection>,
  control: Mysql2Pool,
): XaDatabase<Mysql2Session<Connection>> {
  return {
    dialect: 'mysql',
    async open() {
      const connection = await connect();
      const close = (): Promise<void> => connection.end().catch(() => connection.destroy());
      return { connection, execute: executeOn(connection), release: close, destroy: close };
    },
    async openControl() {
      const connection = await control.getConnection();
      return {
        execute: executeOn(connection),
        release: async () => connection.release(),
        destroy: async () => connection.destroy(),
      };
    },
  };
}

function executeOn(connection: Pick<Mysql2Connection, 'query'>): XaSession['execute'] {
  return async (sql, parameters) => resultOf(await connection.query(sql, [...parameters]));
}

function resultOf([result]: readonly unknown[]): SqlResult {
  if (Array.isArray(result)) return { affected: 0, rows: result as Record<string, unknown>[] };
  return { affected: (result as { affectedRows: number }).affectedRows, rows: [] };
}
