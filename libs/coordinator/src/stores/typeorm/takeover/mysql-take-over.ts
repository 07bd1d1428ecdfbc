import type { TakeOverDialect } from './take-over-dialect';
import type { LocalOffsets } from './time-zone';

/** `datetime` columns with local time (spec Q35). */
export const mysqlTakeOver: TakeOverDialect = {
  hasLocalTimes: true,
  currentSchema: 'DATABASE()',
  now: 'UTC_TIMESTAMP(3)',
  timeType: 'datetime(3)',
  instant: (column, zone) => `${column} - INTERVAL ${offsetOf(column, zone)} SECOND`,
  secondsSince: (instant) => `TIMESTAMPDIFF(SECOND, ${instant}, UTC_TIMESTAMP())`,
  text: (column) => `CAST(${column} AS CHAR)`,
  payload: (binData, data) => `COALESCE(NULLIF(${binData}, ''), NULLIF(${mysqlBytes(data)}, ''), ${binData})`,
  bytes: mysqlBytes,
  // One statement, as it is the only way to rename several at once: DDL is not transactional here.
  rename: (tables) => [`RENAME TABLE ${tables.map(([from, to]) => `${from} TO ${to}`).join(', ')}`],
  afterCopy: (table) => [`ANALYZE TABLE ${table}`],
};

function mysqlBytes(text: string): string {
  return `CAST(CONVERT(${text} USING utf8mb4) AS BINARY)`;
}

/** Newest first: most rows are found by the first comparison. Not CONVERT_TZ: the server's zone tables are often empty. */
function offsetOf(column: string, { initialSeconds, changes }: LocalOffsets): string {
  if (changes.length === 0) return String(initialSeconds);
  const cases = changes.map(({ from, seconds }) => `WHEN ${column} >= '${from}' THEN ${seconds}`).reverse();
  return `CASE ${cases.join(' ')} ELSE ${initialSeconds} END`;
}
