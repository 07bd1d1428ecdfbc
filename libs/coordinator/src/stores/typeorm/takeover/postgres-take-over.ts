import type { TakeOverDialect } from './take-over-dialect';

/** `timestamp with time zone` columns: instants already. */
export const postgresTakeOver: TakeOverDialect = {
  hasLocalTimes: false,
  currentSchema: 'current_schema()',
  now: "date_trunc('milliseconds', clock_timestamp())",
  timeType: 'timestamptz(3)',
  instant: (column) => column,
  secondsSince: (instant) => `EXTRACT(EPOCH FROM clock_timestamp() - ${instant})`,
  text: (column) => `CAST(${column} AS text)`,
  payload: (binData, data) =>
    `COALESCE(NULLIF(${binData}, ''::bytea), ${postgresBytes(`NULLIF(${data}, '')`)}, ${binData})`,
  bytes: postgresBytes,
  rename: (tables) => tables.map(([from, to]) => `ALTER TABLE ${from} RENAME TO ${to}`),
  afterCopy: (table) => [
    // The rows brought their ids along; the generator knows nothing of them.
    `SELECT setval(pg_get_serial_sequence('${table}', 'id'), COALESCE(MAX(id), 0) + 1, false) FROM ${table}`,
    `ANALYZE ${table}`,
  ],
};

function postgresBytes(text: string): string {
  return `convert_to(${text}, 'UTF8')`;
}
