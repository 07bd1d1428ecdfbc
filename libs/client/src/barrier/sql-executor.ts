/** @see SqlExecutor */
export interface SqlResult {
  /** Rows that an insert really stored: `changes`, `affectedRows`, `rowCount` of the driver. */
  readonly affected: number;
  /** Rows that a select found. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The one thing a barrier needs of a database driver: a statement on one open local transaction. The business must use
 * that same transaction; on another connection its effect and the barrier's row would not be committed together.
 */
export interface SqlExecutor {
  /** @param sql with the placeholders of the dialect: `?`, or `$1` on PostgreSQL */
  execute(sql: string, parameters: readonly unknown[]): Promise<SqlResult>;
}
