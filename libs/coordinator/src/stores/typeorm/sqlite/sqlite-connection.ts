import type { SqliteDatabase, SqliteStatement, SqliteValue } from '@nestjs-dtx/sqlite';

/**
 * A connection with its prepared statements, each prepared once. Statements are told apart by their text, so there must be
 * few of them: nothing that a client sends may become part of it.
 *
 * Crossing the binding costs more than most statements do: the object in which `run` returns its counts costs as much as
 * a small update, an object for a row twice that. So the hot statements use {@link execute} and {@link tuple}.
 */
export class SqliteConnection {
  private readonly named = new Map<string, SqliteStatement>();
  private readonly positional = new Map<string, SqliteStatement>();

  constructor(private readonly database: SqliteDatabase) {}

  /** Runs a statement of which nothing is asked. */
  execute(sql: string, ...parameters: SqliteValue[]): void {
    this.arrays(sql).get(...parameters);
  }

  /** @returns whether the statement before this one, executed or run, changed anything. */
  hasChanged(): boolean {
    return this.tuple<[number]>(CHANGES)![0] > 0;
  }

  /** @returns the values of the first row in the order of the columns */
  tuple<Values extends readonly SqliteValue[]>(sql: string, ...parameters: SqliteValue[]): Values | undefined {
    return this.arrays(sql).get(...parameters) as Values | undefined;
  }

  /** @returns how many rows changed */
  run(sql: string, ...parameters: SqliteValue[]): number {
    return Number(this.objects(sql).run(...parameters).changes);
  }

  get<Row>(sql: string, ...parameters: SqliteValue[]): Row | undefined {
    return this.objects(sql).get(...parameters) as Row | undefined;
  }

  all<Row>(sql: string, ...parameters: SqliteValue[]): Row[] {
    return this.objects(sql).all(...parameters) as Row[];
  }

  private objects(sql: string): SqliteStatement {
    let statement = this.named.get(sql);
    if (!statement) this.named.set(sql, (statement = this.database.prepare(sql)));
    return statement;
  }

  private arrays(sql: string): SqliteStatement {
    let statement = this.positional.get(sql);
    if (statement) return statement;
    statement = this.database.prepare(sql);
    statement.setReturnArrays(true);
    this.positional.set(sql, statement);
    return statement;
  }
}

const CHANGES = 'SELECT changes()';
