import type { Branch, BranchChange, Instant } from '@nestjs-dtx/engine';
import { optionsToJson } from '@nestjs-dtx/protocol';
import type { BranchesOf } from '../../../batch/batch-statements';
import type { GlobalUpdate } from '../../../batch/fence';
import { firstSchedule } from '../../../batch/updates';
import type { InsertWrite } from '../../../writes';

/** The parameters of a statement that makes rows of arrays: one array per column, all of the same length. */
export type Columns = readonly (readonly unknown[])[];

/** Most bytes of payload in one statement, unless one branch alone has more. */
export const PAYLOAD_BYTES = 8 * 1024 * 1024;

/** What an array may hold for an absent value. */
const NONE = null;

/** Columns of `INSERT_GLOBALS`. */
export function globalColumns(writes: readonly InsertWrite[], now: Instant): Columns {
  const schedules = writes.map((write) => firstSchedule(write, now));
  const transactions = writes.map(({ transaction }) => transaction);
  return [
    writes.map(({ gid }) => gid),
    transactions.map(({ transType }) => transType),
    transactions.map(({ status }) => status),
    transactions.map(({ queryPrepared }) => queryPrepared),
    transactions.map(({ protocol }) => protocol),
    transactions.map(({ options }) => optionsToJson(options)),
    transactions.map(({ customData }) => customData),
    writes.map(({ intervalMs }) => secondsOf(intervalMs)),
    schedules.map(({ nextCronTime }) => nextCronTime),
    schedules.map(({ owner }) => owner),
    schedules.map(({ leaseUntil }) => leaseUntil),
    transactions.map(({ branches }) => branches.length),
    transactions.map(({ businessKey }) => businessKey),
  ];
}

/** Columns of `INSERT_BRANCHES`, for one statement after the other. */
export function branchColumns(rows: readonly BranchesOf<Branch>[]): readonly Columns[] {
  return inParts(rows.flatMap(({ gid, branches }) => branches.map((branch) => ({ gid, branch })))).map((part) => [
    part.map(({ gid }) => gid),
    part.map(({ branch }) => branch.url),
    part.map(({ branch }) => branch.payload),
    part.map(({ branch }) => branch.branchId),
    part.map(({ branch }) => branch.op),
    part.map(({ branch }) => branch.status),
  ]);
}

interface BranchOf {
  readonly gid: string;
  readonly branch: Branch;
}

/** A batch of large payloads as one text of hexadecimal digits could be longer than a text may be. */
function inParts(rows: readonly BranchOf[]): readonly (readonly BranchOf[])[] {
  const parts: BranchOf[][] = [];
  let bytes = Infinity;
  for (const row of rows) {
    bytes += row.branch.payload.byteLength;
    if (bytes > PAYLOAD_BYTES) {
      parts.push([]);
      bytes = row.branch.payload.byteLength;
    }
    parts.at(-1)?.push(row);
  }
  return parts;
}

/** Columns of `UPDATE_BRANCHES`. */
export function branchChangeColumns(rows: readonly BranchesOf<BranchChange>[]): Columns {
  const changes = rows.flatMap((row) => row.branches);
  return [
    gidPerBranch(rows),
    changes.map(({ branchId }) => branchId),
    changes.map(({ op }) => op),
    changes.map(({ status }) => status),
  ];
}

/** Columns of `UPDATE_GLOBALS`. */
export function globalUpdateColumns(updates: readonly GlobalUpdate[]): Columns {
  const schedules = updates.map(({ schedule }) => schedule);
  return [
    updates.map(({ gid }) => gid),
    updates.map(({ epoch }) => epoch),
    updates.map(({ status }) => status ?? NONE),
    updates.map(({ rollbackReason }) => rollbackReason ?? NONE),
    updates.map(({ options }) => options ?? NONE),
    updates.map(({ customData }) => customData ?? NONE),
    updates.map(({ branchCount }) => branchCount ?? NONE),
    updates.map(({ finishTime }) => finishTime ?? NONE),
    updates.map(({ rollbackTime }) => rollbackTime ?? NONE),
    schedules.map((schedule) => schedule?.owner ?? NONE),
    schedules.map((schedule) => schedule?.leaseUntil ?? NONE),
    schedules.map((schedule) => schedule?.nextCronTime ?? NONE),
    schedules.map((schedule) => (schedule?.intervalMs === undefined ? NONE : secondsOf(schedule.intervalMs))),
    schedules.map((schedule) => schedule?.attempts ?? NONE),
    schedules.map((schedule) => schedule?.lastError ?? NONE),
    updates.map(({ result }) => result ?? NONE),
  ];
}

function gidPerBranch<T>(rows: readonly BranchesOf<T>[]): string[] {
  return rows.flatMap(({ gid, branches }) => branches.map(() => gid));
}

/** dtm's column holds whole seconds. */
export const secondsOf = (milliseconds: number): number => Math.round(milliseconds / 1000);
