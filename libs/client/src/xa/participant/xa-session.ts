import type { SqlExecutor } from '../../barrier/sql-executor';
import type { XaDialect } from '../xid';

/** One connection to a database, lent to one branch and to nobody else until it is given back. */
export interface XaSession extends SqlExecutor {
  /** Gives it back in the state in which it was lent. */
  release(): Promise<void>;
  /**
   * Closes the connection, which must not be used again, nor stay open in a pool. Best with a good-bye that is waited for: on
   * MySQL and MariaDB a prepared branch can be ended elsewhere only when the server has seen the end of its connection.
   */
  destroy(): Promise<void>;
}

/** A database that takes part in xa transactions. */
export interface XaDatabase<Session extends XaSession = XaSession> {
  readonly dialect: XaDialect;
  /** Opens a session for the work of a branch, with no transaction open. */
  open(): Promise<Session>;
  /**
   * Opens one for what ends branches. It should not come from the pool of {@link open}: that can be full of sessions that wait
   * for the rows of a branch which is about to be ended.
   * @default open
   */
  openControl?(): Promise<XaSession>;
}

/** @returns what the work on a control session returns; a session on which it has failed is not used again */
export async function withControl<T>(database: XaDatabase, work: (session: XaSession) => Promise<T>): Promise<T> {
  const session = await (database.openControl?.() ?? database.open());
  let result: T;
  try {
    result = await work(session);
  } catch (error) {
    await session.destroy();
    throw error;
  }
  await session.release();
  return result;
}
