import { MIGRATIONS_TABLE } from '../migrations';

/** dtm's tables (spec 7.1), which are ours by name and almost by column. */
export const DTM_TABLES = ['trans_global', 'trans_branch_op', 'kv'] as const;
export type DtmTable = (typeof DTM_TABLES)[number];

/** Under this name dtm's rows stay as they were, all columns included. */
export const keptAs = (table: DtmTable): string => `dtm_${table}`;

/** One row: from which zone a take-over reads local times, and whether it has come to its end. */
export const TAKE_OVER_TABLE = 'dtx_takeover';

/** The columns of each table of the schema that is of interest here. */
export type Columns = ReadonlyMap<string, ReadonlySet<string>>;

/** Without these nothing can be taken over; whatever else is missing came with later versions of dtm. */
const REQUIRED: Readonly<Record<DtmTable, readonly string[]>> = {
  trans_global: ['id', 'gid', 'trans_type', 'status', 'create_time', 'update_time', 'next_cron_time', 'owner'],
  trans_branch_op: ['id', 'gid', 'url', 'branch_id', 'op', 'status', 'create_time', 'update_time'],
  kv: ['id', 'cat', 'k', 'v', 'version'],
};

/** Ours since the first migration, and never dtm's. */
const OURS = 'lease_until';

/** Whether the tables are dtm's as it left them. */
export function areDtmTables(columns: Columns): boolean {
  const global = columns.get('trans_global');
  return global !== undefined && !global.has(OURS);
}

/** @returns what keeps the tables from being dtm's, in words; `undefined` when they are. */
export function problemOf(columns: Columns): string | undefined {
  for (const table of DTM_TABLES) {
    const present = columns.get(table);
    if (!present && table === 'kv') continue;
    const missing = REQUIRED[table].filter((column) => !present?.has(column));
    if (missing.length > 0) return `${table} has no ${missing.join(', ')}: it is neither ours nor dtm's`;
  }
  // Where these are, the copies would go into tables that nobody creates, or to dtm's own rows of another time.
  const left = [...DTM_TABLES.map(keptAs), MIGRATIONS_TABLE].find((table) => columns.has(table));
  return left && `${left} exists already: an earlier take-over left it (docs/takeover.md, the way back)`;
}

/** @returns the tables that are there: `kv` came with a later version of dtm. */
export function presentTables(columns: Columns, nameOf: (table: DtmTable) => string): DtmTable[] {
  return DTM_TABLES.filter((table) => columns.has(nameOf(table)));
}
