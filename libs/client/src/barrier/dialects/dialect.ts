import type { TableName } from '../table-name';

/** Databases that a barrier can live in; `mysql` serves MariaDB too. */
export type BarrierDialect = 'sqlite' | 'mysql' | 'postgres';

/** The statements of one barrier table in one dialect. */
export interface DialectSql {
  /**
   * Stores the row unless its key is taken; the affected-row count tells which. A row that another open transaction is
   * about to store must be waited for: that wait is what makes the barrier safe against concurrent requests.
   * Parameters: trans_type, gid, branch_id, op, barrier_id, reason.
   */
  insertIgnore(table: TableName): string;
  /** Reads the row as it is committed now, not as of an old snapshot. Parameters: gid, branch_id, op, barrier_id. */
  selectReason(table: TableName): string;
  /** Statements that create the table of spec 8.1 if it is not there, to be run in this order. */
  createTable(table: TableName): readonly string[];
}

export const COLUMNS = 'trans_type, gid, branch_id, op, barrier_id, reason';

/** @returns the full name with each part quoted, so that neither case nor a reserved word changes its meaning. */
export function quoted({ schema, table }: TableName, quote: string): string {
  const parts = schema === undefined ? [table] : [schema, table];
  return parts.map((part) => quote + part + quote).join('.');
}
