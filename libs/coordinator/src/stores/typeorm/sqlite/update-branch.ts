import type { BranchChange } from '@nestjs-dtx/engine';
import { OPS, type BranchStatus } from '@nestjs-dtx/protocol';
import type { SqliteConnection } from './sqlite-connection';
import { heldUnder } from './update-global';

/** The row of one change. */
export interface BranchRow {
  readonly gid: string;
  readonly branch: BranchChange;
  readonly time: string;
}

/** Key of the statement for all operations that have none of their own. */
const OTHERS = Symbol('others');
const STATUSES: readonly BranchStatus[] = ['prepared', 'succeed', 'failed'];

/** A branch has ended by the status that it was given last; times of earlier ends stay. */
const END_TIMES: Partial<Record<BranchStatus, string>> = { succeed: 'finish_time', failed: 'rollback_time' };

const IF_HELD = ` AND EXISTS (SELECT 1 FROM trans_global WHERE gid = ?1 AND ${heldUnder('?4')})`;

/** By status and operation; those that a workflow has made up are bound. Names in the statement need not be bound for each row. */
const STATEMENTS = new Map(STATUSES.map((status) => [status, statementsOf(status, '')]));
const STATEMENTS_IF_HELD = new Map(STATUSES.map((status) => [status, statementsOf(status, IF_HELD)]));

export function updateBranch(connection: SqliteConnection, { gid, branch, time }: BranchRow): void {
  const { branchId, op, status } = branch;
  const statements = STATEMENTS.get(status)!;
  const known = statements.get(op);
  if (known !== undefined) connection.execute(known, gid, branchId, time);
  else connection.execute(statements.get(OTHERS)!, gid, branchId, time, 0, op);
}

/** The same, if the transaction is still held under the epoch. @returns whether it was, and the row is there */
export function updateHeldBranch(
  connection: SqliteConnection,
  { gid, branch, time }: BranchRow,
  epoch: number,
): boolean {
  const { branchId, op, status } = branch;
  const statements = STATEMENTS_IF_HELD.get(status)!;
  const known = statements.get(op);
  if (known !== undefined) connection.execute(known, gid, branchId, time, epoch);
  else connection.execute(statements.get(OTHERS)!, gid, branchId, time, epoch, op);
  return connection.hasChanged();
}

function statementsOf(status: BranchStatus, condition: string): ReadonlyMap<string | typeof OTHERS, string> {
  const end = END_TIMES[status];
  const set = `SET status = '${status}', update_time = ?3${end ? `, ${end} = ?3` : ''}`;
  const statement = (op: string): string =>
    `UPDATE trans_branch_op ${set} WHERE gid = ?1 AND branch_id = ?2 AND op = ${op}${condition}`;
  const statements = new Map<string | typeof OTHERS, string>([[OTHERS, statement('?5')]]);
  for (const op of Object.values(OPS)) statements.set(op, statement(`'${op}'`));
  return statements;
}
