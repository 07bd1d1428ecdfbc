import { DataSource, type DataSourceOptions } from 'typeorm';
import type { StoreEnvironment } from '../support/store-engine';
import {
  BRANCHES,
  COMMON_KEY,
  COMMON_KEY_EVERY,
  COMMON_TYPE,
  FAILED_EVERY,
  PAYLOAD,
  RARE_EVERY,
  RARE_KEY,
  RARE_KEY_EVERY,
  RARE_TYPE,
  type HistoryPart,
  type HistoryTimes,
  type HistoryWriter,
} from './history';

/** In what the servers differ. `n` stands for the number of a transaction, `first` and `last` are put into the text. */
interface Dialect {
  /** A derived table with the one column `n`. */
  readonly series: (part: HistoryPart) => string;
  readonly gid: string;
  /** The instant of `n` milliseconds after 1970, where `n` is an expression. */
  readonly instant: (milliseconds: string) => string;
  readonly payload: string;
  readonly prepare: readonly string[];
  readonly analyze: readonly string[];
}

const DIGITS =
  '(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)';
/** Enough for parts of 10,000. */
const PLACES = ['a', 'b', 'c', 'e'];

const MYSQL: Dialect = {
  // MySQL has no function for it, and MariaDB's table of numbers is not in MySQL.
  series: ({ first, last }) =>
    `(SELECT ${PLACES.map((place, index) => `${place}.d * ${10 ** index}`).join(' + ')} + ${first} AS n
      FROM ${PLACES.map((place) => `${DIGITS} ${place}`).join(' CROSS JOIN ')} HAVING n <= ${last}) numbers`,
  gid: "CONCAT('history-', LPAD(n, 10, '0'))",
  instant: (milliseconds) => `FROM_UNIXTIME((${milliseconds}) / 1000)`,
  payload: `'${PAYLOAD}'`,
  prepare: ["SET SESSION time_zone = '+00:00'", 'SET SESSION unique_checks = 0'],
  analyze: ['ANALYZE TABLE trans_global, trans_branch_op'],
};

const POSTGRES: Dialect = {
  series: ({ first, last }) => `generate_series(${first}, ${last}) AS numbers(n)`,
  gid: "'history-' || lpad(n::text, 10, '0')",
  instant: (milliseconds) => `to_timestamp((${milliseconds}) / 1000.0)`,
  payload: `convert_to('${PAYLOAD}', 'UTF8')`,
  prepare: ['SET synchronous_commit = off'],
  // After a vacuum, index scans need not look whether the rows are visible.
  analyze: ['VACUUM ANALYZE trans_global', 'VACUUM ANALYZE trans_branch_op'],
};

/** A server makes the rows by itself, thousands with one statement. */
export class ServerHistory implements HistoryWriter {
  private constructor(
    private readonly dataSource: DataSource,
    private readonly dialect: Dialect,
    private readonly times: HistoryTimes,
  ) {}

  static async open(env: StoreEnvironment, times: HistoryTimes): Promise<ServerHistory> {
    const dialect = env['STORE_DRIVER'] === 'postgres' ? POSTGRES : MYSQL;
    const history = new ServerHistory(await new DataSource(connectionOf(env)).initialize(), dialect, times);
    await history.run(dialect.prepare);
    return history;
  }

  async write(part: HistoryPart): Promise<void> {
    await this.run([
      'BEGIN',
      globals(part, this.dialect, this.times),
      branches(part, this.dialect, this.times),
      'COMMIT',
    ]);
  }

  analyze(): Promise<void> {
    return this.run(this.dialect.analyze);
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }

  /** The pool has one connection, so this is one session. */
  private async run(statements: readonly string[]): Promise<void> {
    for (const statement of statements) await this.dataSource.query(statement);
  }
}

function globals(part: HistoryPart, { series, gid, instant }: Dialect, times: HistoryTimes): string {
  const time = instant(timeOf(times));
  return `INSERT INTO trans_global (gid, trans_type, status, query_prepared, protocol, create_time, update_time, finish_time,
    rollback_time, options, custom_data, next_cron_interval, owner, ext_data, result, rollback_reason, epoch, branch_count,
    last_error, business_key)
  SELECT ${gid}, CASE WHEN n % ${RARE_EVERY} = 0 THEN '${RARE_TYPE}' ELSE '${COMMON_TYPE}' END,
    CASE WHEN n % ${FAILED_EVERY} = 0 THEN 'failed' ELSE 'succeed' END, '', 'http', ${time}, ${time},
    CASE WHEN n % ${FAILED_EVERY} = 0 THEN NULL ELSE ${time} END, CASE WHEN n % ${FAILED_EVERY} = 0 THEN ${time} END,
    '{}', '', 10, '', '', '', '', 1, ${BRANCHES.length}, '',
    CASE WHEN n % ${RARE_KEY_EVERY} = 0 THEN '${RARE_KEY}' WHEN n % ${COMMON_KEY_EVERY} = 0 THEN '${COMMON_KEY}' ELSE '' END
  FROM ${series(part)} ORDER BY n`;
}

function branches(part: HistoryPart, { series, gid, instant, payload }: Dialect, times: HistoryTimes): string {
  const time = instant(timeOf(times));
  const rows = BRANCHES.map(
    ({ branchId, op, url }, index) =>
      `SELECT ${index} AS place, '${branchId}' AS branch_id, '${op}' AS op, '${url}' AS url`,
  );
  return `INSERT INTO trans_branch_op (gid, url, bin_data, branch_id, op, status, finish_time, create_time, update_time)
  SELECT ${gid}, url, ${payload}, branch_id, op, CASE WHEN op = 'action' THEN 'succeed' ELSE 'prepared' END,
    CASE WHEN op = 'action' THEN ${time} END, ${time}, ${time}
  FROM ${series(part)} CROSS JOIN (${rows.join(' UNION ALL ')}) steps ORDER BY n, place`;
}

const timeOf = ({ startMs, stepMs }: HistoryTimes): string => `${startMs} + n * ${stepMs}`;

function connectionOf(env: StoreEnvironment): DataSourceOptions {
  const address = {
    host: env['STORE_HOST'] ?? '127.0.0.1',
    port: Number(env['STORE_PORT']),
    username: env['STORE_USER'] ?? '',
    password: env['STORE_PASSWORD'] ?? '',
    database: env['STORE_DB'] ?? '',
    poolSize: 1,
  };
  return env['STORE_DRIVER'] === 'postgres' ? { type: 'postgres', ...address } : { type: 'mariadb', ...address };
}
