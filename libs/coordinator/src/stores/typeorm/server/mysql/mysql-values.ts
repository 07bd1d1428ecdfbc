import type { Branch, BranchChange, Instant } from '@nestjs-dtx/engine';
import { optionsToJson } from '@nestjs-dtx/protocol';
import type { BranchesOf } from '../../../batch/batch-statements';
import type { GlobalUpdate } from '../../../batch/fence';
import { FIRST_EPOCH } from '../../../batch/run-batch';
import { firstSchedule } from '../../../batch/updates';
import type { InsertWrite } from '../../../writes';

/** Values of one row, in the order of a statement's columns. */
export type Row = readonly (string | number | Buffer | null)[];

/** @returns an instant as a `datetime(3)` in UTC */
export function timeOf(instant: Instant): string {
  if (instant === lastInstant) return lastTime;
  lastInstant = instant;
  lastTime = new Date(instant).toISOString().replace('T', ' ').slice(0, -1);
  return lastTime;
}

/** Most rows of a batch carry the same instant. */
let lastInstant = NaN;
let lastTime = '';

export function timeOrNull(instant: Instant | null | undefined): string | null {
  return instant === null || instant === undefined ? null : timeOf(instant);
}

/** A row of `INSERT_GLOBALS`. */
export function globalRow(write: InsertWrite, now: Instant): Row {
  const { gid, transaction, intervalMs } = write;
  const { owner, leaseUntil, nextCronTime } = firstSchedule(write, now);
  const time = timeOf(now);
  return [
    gid,
    transaction.transType,
    transaction.status,
    transaction.queryPrepared,
    transaction.protocol,
    time,
    time,
    optionsToJson(transaction.options),
    transaction.customData,
    secondsOf(intervalMs),
    timeOrNull(nextCronTime),
    owner,
    '',
    '',
    '',
    timeOrNull(leaseUntil),
    FIRST_EPOCH,
    transaction.branches.length,
    '',
  ];
}

/** Rows of `INSERT_BRANCHES`. */
export function branchRows({ gid, branches }: BranchesOf<Branch>, now: Instant): Row[] {
  const time = timeOf(now);
  return branches.map(({ url, payload, branchId, op, status }) => [
    gid,
    time,
    time,
    url,
    bufferOf(payload),
    branchId,
    op,
    status,
  ]);
}

/** Rows of `UPDATE_BRANCHES`. */
export function branchChangeRows({ gid, branches }: BranchesOf<BranchChange>, now: Instant): Row[] {
  const time = timeOf(now);
  return branches.map(({ branchId, op, status }) => [
    gid,
    branchId,
    op,
    status,
    status === 'succeed' ? time : null,
    status === 'failed' ? time : null,
  ]);
}

/** A row of `UPDATE_GLOBALS`. */
export function globalUpdateRow({ schedule, ...update }: GlobalUpdate): Row {
  return [
    update.gid,
    update.epoch,
    update.status ?? null,
    update.rollbackReason ?? null,
    update.options ?? null,
    update.customData ?? null,
    update.branchCount ?? null,
    timeOrNull(update.finishTime),
    timeOrNull(update.rollbackTime),
    schedule?.owner ?? null,
    timeOrNull(schedule?.leaseUntil),
    timeOrNull(schedule?.nextCronTime),
    schedule?.intervalMs === undefined ? null : secondsOf(schedule.intervalMs),
    schedule?.attempts ?? null,
    schedule?.lastError ?? null,
  ];
}

/** The driver would take any other array for a list of values. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** dtm's column holds whole seconds. */
const secondsOf = (milliseconds: number): number => Math.round(milliseconds / 1000);
