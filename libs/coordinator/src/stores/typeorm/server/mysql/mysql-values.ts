import type { Branch, BranchChange, Instant } from '@nestjs-dtx/engine';
import { optionsToJson, type BranchStatus } from '@nestjs-dtx/protocol';
import type { BranchesOf } from '../../../batch/batch-statements';
import type { GlobalUpdate, Schedule } from '../../../batch/fence';
import { FIRST_EPOCH } from '../../../batch/run-batch';
import { firstSchedule } from '../../../batch/updates';
import type { InsertWrite } from '../../../writes';

/** Values of one row, in the order of the statement's columns. */
export type Row = readonly unknown[];

/** @returns an instant as a `datetime(3)` in UTC */
export function timeOf(instant: Instant): string {
  if (instant === lastInstant) return lastTime;
  lastInstant = instant;
  lastTime = new Date(instant).toISOString().replace('T', ' ').slice(0, -1);
  return lastTime;
}

/** Most values of a batch are the same instant. */
let lastInstant = NaN;
let lastTime = '';

/** What stands for an instant in a statement. */
export type TimeOf = (instant: Instant) => unknown;

function orNull(time: TimeOf, instant: Instant | null | undefined): unknown {
  return instant === null || instant === undefined ? null : time(instant);
}

/** A row of `INSERT_GLOBALS`. */
export function globalRow(write: InsertWrite, now: Instant, timeAt: TimeOf = timeOf): Row {
  const { transaction, intervalMs } = write;
  const { owner, leaseUntil, nextCronTime } = firstSchedule(write, now);
  const time = timeAt(now);
  return [
    write.gid,
    transaction.transType,
    transaction.status,
    transaction.queryPrepared,
    transaction.protocol,
    time,
    time,
    optionsToJson(transaction.options),
    transaction.customData,
    secondsOf(intervalMs),
    orNull(timeAt, nextCronTime),
    owner,
    '',
    '',
    '',
    orNull(timeAt, leaseUntil),
    FIRST_EPOCH,
    transaction.branches.length,
    '',
    transaction.businessKey,
  ];
}

/** Rows of `INSERT_BRANCHES`. */
export function branchRows({ gid, branches }: BranchesOf<Branch>, now: Instant, timeAt: TimeOf = timeOf): Row[] {
  const time = timeAt(now);
  return branches.map(({ url, payload, branchId, op, status }) => [
    gid,
    time,
    time,
    url,
    Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
    branchId,
    op,
    status,
  ]);
}

const TIME_COLUMNS: Readonly<Partial<Record<BranchStatus, 'finish_time' | 'rollback_time'>>> = {
  succeed: 'finish_time',
  failed: 'rollback_time',
};

/** @returns where the time goes at which a branch got this status */
export function timeColumnOf(status: BranchStatus): 'finish_time' | 'rollback_time' | undefined {
  return TIME_COLUMNS[status];
}

/** Gid, branch id and op. */
export type BranchKey = readonly [gid: string, branchId: string, op: string];

/** Branches that get the same status: in one batch almost all. */
export interface BranchGroup {
  readonly status: BranchStatus;
  readonly keys: BranchKey[];
}

export function branchGroups(rows: readonly BranchesOf<BranchChange>[]): BranchGroup[] {
  const groups: BranchGroup[] = [];
  for (const { gid, branches } of rows) {
    for (const { branchId, op, status } of branches) {
      let group = groups.find((other) => other.status === status);
      if (!group) groups.push((group = { status, keys: [] }));
      group.keys.push([gid, branchId, op]);
    }
  }
  return groups;
}

/** @returns for each name of a branch the list of gids, the branch id and the op: the values of `updateBranches` */
export function byName(
  keys: readonly BranchKey[],
): readonly (readonly [gids: string[], branchId: string, op: string])[] {
  const names: [gids: string[], branchId: string, op: string][] = [];
  for (const [gid, branchId, op] of keys) {
    const name = names.find(([, otherId, otherOp]) => otherId === branchId && otherOp === op);
    if (name) name[0].push(gid);
    else names.push([[gid], branchId, op]);
  }
  return names;
}

/** Global rows that get the same values: most transactions of a batch end alike, so that one statement serves them. */
export interface GlobalGroup {
  readonly columns: readonly string[];
  readonly values: readonly unknown[];
  readonly gids: string[];
}

export function globalGroups(updates: readonly GlobalUpdate[], now: Instant, timeAt: TimeOf = timeOf): GlobalGroup[] {
  const groups: { readonly first: GlobalUpdate; readonly gids: string[] }[] = [];
  for (const update of updates) {
    const group = groups.find(({ first }) => isAlike(first, update));
    if (group) group.gids.push(update.gid);
    else groups.push({ first: update, gids: [update.gid] });
  }
  return groups.map(({ first, gids }) => {
    const assignments = assignmentsOf(first, now, timeAt);
    return { columns: assignments.map(([column]) => column), values: assignments.map(([, value]) => value), gids };
  });
}

type UpdateField = Exclude<keyof GlobalUpdate, 'gid' | 'schedule'>;

/** All there are, which the compiler sees to: rows that differ in one that is missing here would become the same. */
const UPDATE_FIELDS = fieldsOf<UpdateField>({
  epoch: true,
  status: true,
  rollbackReason: true,
  options: true,
  customData: true,
  result: true,
  branchCount: true,
  finishTime: true,
  rollbackTime: true,
});

const SCHEDULE_FIELDS = fieldsOf<keyof Schedule>({
  owner: true,
  leaseUntil: true,
  nextCronTime: true,
  intervalMs: true,
  attempts: true,
  lastError: true,
});

function fieldsOf<Field extends string>(fields: Readonly<Record<Field, true>>): readonly Field[] {
  return Object.keys(fields) as Field[];
}

/** Whether two rows get the same values. To compare them is cheaper than to write both of them out. */
function isAlike(one: GlobalUpdate, other: GlobalUpdate): boolean {
  if (UPDATE_FIELDS.some((field) => one[field] !== other[field])) return false;
  const [mine, theirs] = [one.schedule, other.schedule];
  if (!mine || !theirs) return mine === theirs;
  return SCHEDULE_FIELDS.every((field) => mine[field] === theirs[field]);
}

type Assignment = readonly [column: string, value: unknown];

function assignmentsOf(update: GlobalUpdate, now: Instant, timeAt: TimeOf): Assignment[] {
  const { status, rollbackReason, options, customData, result, branchCount, finishTime, rollbackTime, schedule } =
    update;
  const all: Assignment[] = [
    ['update_time', timeAt(now)],
    ['epoch', update.epoch],
    ['status', status],
    ['rollback_reason', rollbackReason],
    ['options', options],
    ['custom_data', customData],
    ['result', result],
    ['branch_count', branchCount],
    ['finish_time', finishTime === undefined ? undefined : timeAt(finishTime)],
    ['rollback_time', rollbackTime === undefined ? undefined : timeAt(rollbackTime)],
    ['owner', schedule?.owner],
    ['lease_until', schedule && orNull(timeAt, schedule.leaseUntil)],
    ['next_cron_time', schedule && orNull(timeAt, schedule.nextCronTime)],
    ['next_cron_interval', schedule?.intervalMs === undefined ? undefined : secondsOf(schedule.intervalMs)],
    ['attempts', schedule?.attempts],
    ['last_error', schedule?.lastError],
  ];
  return all.filter(([, value]) => value !== undefined);
}

/** dtm's column holds whole seconds. */
const secondsOf = (milliseconds: number): number => Math.round(milliseconds / 1000);
