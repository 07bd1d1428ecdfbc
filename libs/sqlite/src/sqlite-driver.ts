import { withSqliteCode } from './sqlite-codes';
import { openSqlite, type SqliteDatabase, type SqliteValue } from './sqlite-module';

/** Options that TypeORM passes to the driver's constructor. */
interface DriverOptions {
  readonly?: boolean;
  timeout?: number;
}

/**
 * What TypeORM's `better-sqlite3` driver expects of its class, over the binding of this package:
 * `{ type: 'better-sqlite3', driver: SqliteDriver, … }`.
 */
export class SqliteDriver {
  open = true;
  private readonly database: SqliteDatabase;

  constructor(file: string, options: DriverOptions = {}) {
    this.database = withSqliteCode(() =>
      openSqlite(file, { readonly: options.readonly ?? false, busyTimeoutMs: options.timeout ?? 5000 }),
    );
  }

  pragma(source: string): unknown[] {
    return this.database.prepare(`PRAGMA ${source}`).all();
  }

  exec(sql: string): this {
    withSqliteCode(() => this.database.exec(sql));
    return this;
  }

  prepare(sql: string): PreparedStatement {
    return new PreparedStatement(this.database, sql);
  }

  close(): this {
    this.database.close();
    this.open = false;
    return this;
  }
}

/** A statement whose parameters may be what TypeORM passes: dates, booleans, undefined. */
class PreparedStatement {
  /** Whether the statement returns rows: TypeORM chooses between `all` and `run` by it. */
  readonly reader: boolean;
  private readonly statement: ReturnType<SqliteDatabase['prepare']>;

  constructor(database: SqliteDatabase, sql: string) {
    this.statement = withSqliteCode(() => database.prepare(sql));
    this.reader = this.statement.columns().length > 0;
  }

  all(...parameters: unknown[]): unknown[] {
    return withSqliteCode(() => this.statement.all(...parameters.map(bindable)));
  }

  get(...parameters: unknown[]): unknown {
    return withSqliteCode(() => this.statement.get(...parameters.map(bindable)));
  }

  run(...parameters: unknown[]): unknown {
    return withSqliteCode(() => this.statement.run(...parameters.map(bindable)));
  }
}

/** The binding takes a leading object for named parameters and binds NULL for a Date: convert before it sees one. */
function bindable(value: unknown): SqliteValue {
  if (value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return sqliteTime(value.getTime());
  return value as SqliteValue;
}

/** @returns `YYYY-MM-DD HH:MM:SS.mmm` in UTC: sorts as it reads, and is what TypeORM reads back as a date. */
export function sqliteTime(epochMs: number): string {
  let text = recentTimes.get(epochMs);
  if (text !== undefined) return text;
  text = new Date(epochMs).toISOString().replace('T', ' ').slice(0, -1);
  if (recentTimes.size >= MOST_RECENT_TIMES) recentTimes.clear();
  recentTimes.set(epochMs, text);
  return text;
}

/** The rows of a batch carry the same few instants: its time, and the end of the leases that it takes. */
const recentTimes = new Map<number, string>();
const MOST_RECENT_TIMES = 16;
