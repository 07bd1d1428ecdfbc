import type * as Mysql2 from 'mysql2';
import { AnswerWatch } from '../answer-watch';

/** How long the server may be silent after a statement. Far longer than it waits for a lock: it is hung, or gone. Milliseconds. */
const ANSWER_TIMEOUT_MS = 15_000;

/**
 * Whatever the server has set, a session has what the statements rely on.
 *
 * - `sql_mode`: a value that does not fit its column is refused and never cut, and the driver's escapes mean what it thinks.
 * - A row that a person with a tool has locked fails the writes to it, and does not hold up a lane for ever.
 * - A coordinator that is frozen inside a database transaction loses it, or nobody could take its work over. MySQL only
 *   knows how to end a session that is idle, in a transaction or not; it is replaced at the next use.
 */
const SETTINGS = `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00',
  autocommit = 1, sql_safe_updates = 0, innodb_lock_wait_timeout = 3
  /*M! , idle_transaction_timeout = 2 */ /*!80000 , wait_timeout = 10 */`;
/** Under REPEATABLE READ the same statements lock the gaps between gids as well, and neighbours deadlock. */
const ISOLATION = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';

/** What TypeORM takes of the driver. */
type Driver = Pick<typeof Mysql2, 'createPool'>;
type Values = Parameters<typeof Mysql2.format>[1];
type Done = (...answer: readonly unknown[]) => void;
type Query = (statement: unknown, ...rest: readonly unknown[]) => unknown;

/** `mysql2`, whose connections set themselves up before their first use: TypeORM has no place for that. */
export function preparingDriver(): Driver {
  return {
    createPool(options: Mysql2.PoolOptions | string) {
      // oxlint-disable-next-line no-require-imports -- loaded late: the package is only there where such a server is used
      const { createPool, format } = require('mysql2') as typeof Mysql2;
      const queryFormat = (text: string, values: Values, timezone?: string): string =>
        isEmpty(values) ? text : format(text, values, undefined, timezone);
      const pool = createPool({ ...(options as Mysql2.PoolOptions), queryFormat } as Mysql2.PoolOptions);
      pool.on('connection', prepare);
      return pool;
    },
  };
}

/** Nothing is to be written into such a statement, in which the driver would look for a place at each character. */
const isEmpty = (values: Values): boolean => values === undefined || (Array.isArray(values) && values.length === 0);

/** Statements are carried out in order, so these come before those of whoever waits for the connection. */
function prepare(connection: Mysql2.PoolConnection): void {
  // A failure is told to whoever waits for an answer. The pool listens once, and a second one would end the process.
  connection.on('error', () => {});
  boundAnswers(connection);
  for (const statement of [SETTINGS, ISOLATION]) {
    connection.query(statement, (error) => {
      if (error) abandon(connection, error);
    });
  }
}

/**
 * A hung server must not hang its callers for ever. Its answer may still come, so the connection is of no more use. Not the
 * driver's own time limit, which leaves the connection as it is, and its timer running when the connection breaks.
 */
function boundAnswers(connection: Mysql2.PoolConnection): void {
  const query = connection.query.bind(connection) as unknown as Query;
  const watch = new AnswerWatch(ANSWER_TIMEOUT_MS);
  const whenLate = (): void => abandon(connection, new Error(`no answer within ${ANSWER_TIMEOUT_MS} ms`));
  const bounded: Query = (statement, ...rest) => {
    const done = rest.at(-1) as Done;
    const asked = watch.begin(whenLate);
    const answered: Done = (...answer) => {
      watch.end(asked);
      done(...answer);
    };
    return query(statement, ...rest.slice(0, -1), answered);
  };
  connection.query = bounded as typeof connection.query;
}

/** Unlike `destroy` this tells those whose statements are in the queue. */
function abandon(connection: Mysql2.PoolConnection, reason: Error): void {
  const { stream } = connection as unknown as { readonly stream: { destroy(reason: Error): void } };
  stream.destroy(reason);
}
