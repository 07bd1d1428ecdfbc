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
  /** Statements that find and delete rows older than so many whole seconds. */
  cleanUp(table: TableName, ttlSeconds: number): CleanUpSql;
}

/** @see DialectSql.cleanUp */
export interface CleanUpSql {
  /**
   * The next rows in the order of their ids: `id`, and `age`, which is 1 for an old row, 0 for a young one, and null for one
   * without a time. Parameter: the id before the first one.
   */
  next(limit: number): string;
  /**
   * By their ids alone, so that MySQL locks these rows and not the gaps between them, into which others insert. Parameters: that many ids.
   */
  remove(count: number): string;
}

export const COLUMNS = 'trans_type, gid, branch_id, op, barrier_id, reason';

/** The order of ids is the order of creation. Both numbers are put into the text: drivers differ in what they bind there. */
export function cleanUpSql(table: string, isOld: string, placeholder: (index: number) => string): CleanUpSql {
  return {
    next: (limit) => `select id, case when ${isOld} then 1 when create_time is not null then 0 end as age
  from ${table} where id > ${placeholder(1)} order by id limit ${limit}`,
    remove: (count) =>
      `delete from ${table} where id in (${Array.from({ length: count }, (_, row) => placeholder(row + 1)).join(', ')})`,
  };
}

/** @returns the full name with each part quoted, so that neither case nor a reserved word changes its meaning. */
export function quoted({ schema, table }: TableName, quote: string): string {
  const parts = schema === undefined ? [table] : [schema, table];
  return parts.map((part) => quote + part + quote).join('.');
}
