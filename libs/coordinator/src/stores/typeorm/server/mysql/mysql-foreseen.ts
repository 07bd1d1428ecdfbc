import type { ForeseenBatch, HeldRow } from '../../../batch/batch-statements';
import { BATCH_TIME } from '../../../batch/foreseen';
import { BatchText } from './batch-text';
import { MAX_LIST } from './chunks';
import * as sql from './mysql-sql';
import { branchGroups, byName, branchRows, globalGroups, globalRow, timeColumnOf, type TimeOf } from './mysql-values';
import { SqlText } from './sql-text';
import { roomOf } from './statement-size';

/** Almost all rows have one of two times: that of the batch, and the end of a lease. */
const timeAt: TimeOf = (milliseconds) => {
  if (milliseconds === BATCH_TIME) return NOW;
  if (milliseconds !== last.milliseconds) last = { milliseconds, text: new SqlText(sql.batchTime(milliseconds)) };
  return last.text;
};

const NOW = new SqlText(sql.batchTime(BATCH_TIME));
let last = { milliseconds: BATCH_TIME, text: NOW };

/**
 * The statements of a whole batch, its begin and commit included.
 *
 * @param mostBytes of the largest statement that the server takes
 * @returns them as one text; `undefined` for a batch that is too large to be sent at once
 */
export function foreseenText(batch: ForeseenBatch, mostBytes: number): string | undefined {
  if (batch.held.length > MAX_LIST || branchesOf(batch) > MAX_LIST) return undefined;
  const text = new BatchText(roomOf(mostBytes));
  for (const [statement, values] of statementsOf(batch)) text.add(statement, values);
  return text.whole;
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
  for (const { status, keys } of branchGroups(branchUpdates)) {
    const timeColumn = timeColumnOf(status);
    const names = byName(keys);
    const values = [status, NOW, ...(timeColumn ? [NOW] : []), ...names.flat(1)];
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
