import type { Branch } from '@nestjs-dtx/engine';
import type { SqliteValue } from '@nestjs-dtx/sqlite';
import type { SqliteConnection } from './sqlite-connection';

/** Rows of one INSERT: enough for almost every saga, few enough that each length is prepared once and stays. */
const ROWS_PER_INSERT = 16;
const INTO = 'INSERT INTO trans_branch_op (gid, create_time, update_time, url, bin_data, branch_id, op, status) VALUES';

/** Statements by their number of rows, or of pairs. */
const SINGLES: string[] = [];
const PAIRS: string[] = [];

/**
 * Inserts the branches of one transaction. Several rows share a statement, and rows that come in pairs the values that the
 * two have in common: what a row costs is mostly the binding of its values.
 */
export function insertBranches(
  connection: SqliteConnection,
  { gid, branches }: { readonly gid: string; readonly branches: readonly Branch[] },
  time: string,
): void {
  for (let start = 0; start < branches.length; start += ROWS_PER_INSERT) {
    const rows =
      start === 0 && branches.length <= ROWS_PER_INSERT ? branches : branches.slice(start, start + ROWS_PER_INSERT);
    if (arePairs(rows)) connection.execute(pairStatement(rows.length / 2), gid, time, ...pairValues(rows));
    else connection.execute(singleStatement(rows.length), gid, time, ...rows.flatMap(singleValues));
  }
}

/** Whether every second row is the undoing (or the other half) of the one before: same branch, payload and status, and always the same two operations. */
function arePairs(rows: readonly Branch[]): boolean {
  if (rows.length === 0 || rows.length % 2 === 1) return false;
  const [first, second] = [rows[0]!, rows[1]!];
  for (let index = 0; index < rows.length; index += 2) {
    const [one, other] = [rows[index]!, rows[index + 1]!];
    if (one.op !== first.op || other.op !== second.op || one.status !== first.status) return false;
    if (one.branchId !== other.branchId || one.payload !== other.payload || one.status !== other.status) return false;
  }
  return true;
}

function pairValues(rows: readonly Branch[]): SqliteValue[] {
  const values: SqliteValue[] = [rows[0]!.status, rows[0]!.op, rows[1]!.op];
  for (let index = 0; index < rows.length; index += 2) {
    const { branchId, payload, url } = rows[index]!;
    values.push(branchId, payload, url, rows[index + 1]!.url);
  }
  return values;
}

/** `?3` is the status, `?4` and `?5` are the operations; then come branch, payload and both URLs of each pair. */
function pairStatement(pairs: number): string {
  return (PAIRS[pairs] ??= `${INTO} ${list(pairs, (pair) => {
    const first = 6 + 4 * pair;
    const [branchId, payload, url, otherUrl] = [first, first + 1, first + 2, first + 3];
    return `(?1, ?2, ?2, ?${url}, ?${payload}, ?${branchId}, ?4, ?3), (?1, ?2, ?2, ?${otherUrl}, ?${payload}, ?${branchId}, ?5, ?3)`;
  })}`);
}

const singleValues = ({ url, payload, branchId, op, status }: Branch): SqliteValue[] => [
  url,
  payload,
  branchId,
  op,
  status,
];

function singleStatement(rows: number): string {
  return (SINGLES[rows] ??= `${INTO} ${list(rows, (row) => {
    const first = 3 + 5 * row;
    return `(?1, ?2, ?2, ?${first}, ?${first + 1}, ?${first + 2}, ?${first + 3}, ?${first + 4})`;
  })}`);
}

function list(length: number, item: (index: number) => string): string {
  return Array.from({ length }, (_, index) => item(index)).join(', ');
}
