import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

/** What TypeORM keeps to itself and an XA transaction needs. */
interface Internals {
  dataSource: DataSource;
  connection: DataSource;
  manager: EntityManager;
  /** Above 0, a transaction inside of the open one becomes a savepoint. */
  transactionDepth: number;
  isTransactionActive: boolean;
  /** Only of PostgreSQL's runners: given an error, it closes the connection instead of keeping it in the pool. */
  releasePostgresConnection?(error: Error): Promise<void>;
}

/** What is used of a connection of mysql2. */
interface MysqlConnection {
  readonly stream: Socket;
  destroy(): void;
}

/** So long the server may take to say good-bye. Milliseconds. */
const GOOD_BYE_MS = 2000;

/**
 * @param dataSource whose entities and subscribers the runner knows
 * @param pool a DataSource of the same database, from which it has its connection
 * @returns a runner with a connection of its own, on which nobody else sends statements
 */
export async function dedicatedRunner(dataSource: DataSource, pool: DataSource): Promise<QueryRunner> {
  const runner = pool.createQueryRunner('master');
  const internals = runner as unknown as Internals;
  // TypeORM before 1.0 calls it `connection`.
  internals['dataSource' in runner ? 'dataSource' : 'connection'] = dataSource;
  internals.manager = dataSource.createEntityManager(runner);
  await runner.connect();
  return runner;
}

/**
 * Tells TypeORM whether an XA transaction is open, which it does not know of: inside of one, `save()` and
 * `manager.transaction()` must not begin, and above all not commit, a transaction of their own.
 */
export function markTransaction(runner: QueryRunner, isOpen: boolean): void {
  const internals = runner as unknown as Internals;
  internals.isTransactionActive = isOpen;
  internals.transactionDepth = isOpen ? 1 : 0;
}

/**
 * Closes the connection of a runner: the database ends whatever was open and not prepared. On MySQL and MariaDB it waits for
 * the server to close as well, as only then another connection can end what was prepared on this one.
 */
export async function closeConnection(runner: QueryRunner): Promise<void> {
  const internals = runner as unknown as Internals;
  if (internals.releasePostgresConnection) {
    await internals.releasePostgresConnection(new Error('the connection of an XA branch is not used again'));
    return;
  }
  const { stream, ...connection } = await mysqlConnection(runner);
  if (!stream.destroyed) {
    const closed = once(stream, 'close', { signal: AbortSignal.timeout(GOOD_BYE_MS) });
    stream.end();
    await closed.catch(() => {});
  }
  connection.destroy();
  await runner.release();
}

async function mysqlConnection(runner: QueryRunner): Promise<MysqlConnection> {
  const connection = (await runner.connect()) as MysqlConnection;
  return { stream: connection.stream, destroy: () => connection.destroy() };
}
