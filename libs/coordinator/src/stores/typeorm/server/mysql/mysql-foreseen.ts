import type { ForeseenBatch, HeldRow } from '../../../batch/batch-statements';
import { BATCH_TIME } from '../../../batch/foreseen';
import { MAX_LIST } from './chunks';
import * as sql from './mysql-sql';
import { branchGroups, byName, branchRows, globalGroups, globalRow, timeColumnOf, type TimeOf } from './mysql-values';
import { PendingStatements } from './pending-statements';
import { SqlText } from './sql-text';
import { sizeOf } from './statement-size';

/** Statements as one text, and their values. */
export interface ForeseenStatements {
  readonly text: string;
  readonly values: readonly unknown[];
}

const timeAt: TimeOf = (milliseconds) => new SqlText(sql.batchTime(milliseconds));

/**
 * The statements of a whole batch, its begin and commit included.
 *
 * @param mostBytes of the largest statement that the server takes
 * @returns `undefined` for a batch that is too large to be sent at once
 */
export function foreseenStatements(batch: ForeseenBatch, mostBytes: number): ForeseenStatements | undefined {
  if (batch.held.length > MAX_LIST || branchesOf(batch) > MAX_LIST) return undefined;
  const pending = new PendingStatements();
  let fits = true;
  for (const [text, values] of statementsOf(batch)) {
    const bytes = sizeOf(values);
    fits &&= pending.hasRoom(bytes, mostBytes);
    pending.add(text, values, bytes);
  }
  return fits ? pending.take() : undefined;
}

function branchesOf({ branchUpdates }: ForeseenBatch): number {
  return branchUpdates.reduce((sum, { branches }) => sum + branches.length, 0);
}

type Statement = readonly [text: string, values: readonly unknown[]];

function statementsOf({ held, inserts, branchUpdates, globals }: ForeseenBatch): Statement[] {
  const statements: Statement[] = [
    [sql.BEGIN, []],
    [sql.SET_BATCH_TIME, []],
    held.length === 0 ? [sql.FORESEEN_CLOCK, []] : hold(held),
  ];
  if (inserts.length > 0) {
    const branches = inserts.map(({ gid, transaction }) => ({ gid, branches: transaction.branches }));
    const rows = branches.flatMap((row) => branchRows(row, BATCH_TIME, timeAt));
    statements.push([sql.INSERT_GLOBALS, [inserts.map((write) => globalRow(write, BATCH_TIME, timeAt))]]);
    if (rows.length > 0) statements.push([sql.INSERT_BRANCHES, [rows]]);
  }
  const now = timeAt(BATCH_TIME);
  for (const { status, keys } of branchGroups(branchUpdates)) {
    const timeColumn = timeColumnOf(status);
    const names = byName(keys);
    const values = [status, now, ...(timeColumn ? [now] : []), ...names.flat(1)];
    statements.push([sql.updateBranches(timeColumn, names.length), values]);
  }
  for (const { columns, values, gids } of globalGroups(globals, BATCH_TIME, timeAt)) {
    statements.push([sql.updateGlobals(columns), [...values, gids]]);
  }
  statements.push([sql.COMMIT, []]);
  return statements;
}

function hold(held: readonly HeldRow[]): Statement {
  const byEpoch = new Map<number, string[]>();
  for (const { gid, epoch } of held) {
    const gids = byEpoch.get(epoch);
    if (gids) gids.push(gid);
    else byEpoch.set(epoch, [gid]);
  }
  const all = held.map(({ gid }) => gid);
  const epochs = byEpoch.size === 1 ? byEpoch.keys() : [...byEpoch].flat(1);
  return [sql.hold(byEpoch.size), [held.length, all, ...epochs]];
}
