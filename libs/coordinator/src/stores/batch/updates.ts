import type { Instant } from '@nestjs-dtx/engine';
import {
  isFinalStatus,
  MAX_REASON_LENGTH,
  boundedText,
  optionsFromJson,
  optionsToJson,
  type GlobalStatus,
} from '@nestjs-dtx/protocol';
import { hasCompletion } from '../owed-completion';
import type { AdvanceWrite, AppendWrite, ChangeWrite, InsertWrite, LeaseRequest, Park } from '../writes';
import type { GlobalUpdate, LockedRow, Schedule } from './fence';
import { tokenOf } from './write-token';

/** The row values that follow from an accepted change. */
export function changeUpdate(write: ChangeWrite, row: LockedRow, now: Instant): GlobalUpdate {
  const { patch } = write;
  const options = patch.options && optionsToJson({ ...optionsFromJson(row.options), ...patch.options });
  return {
    gid: write.gid,
    epoch: row.epoch + 1,
    status: write.to,
    ...finishTimes(write.to, now),
    ...(options !== undefined && { options }),
    ...(patch.customData !== undefined && { customData: patch.customData }),
    ...(patch.result && { result: patch.result }),
    ...(patch.rollbackReason && { rollbackReason: boundedText(patch.rollbackReason, MAX_REASON_LENGTH) }),
    schedule: write.lease ? leased(write.lease, now) : unleased(write, options ?? row.options, now),
  };
}

/** The row values that follow from a runner's progress; `undefined` when only branch rows change. */
export function advanceUpdate(
  write: AdvanceWrite,
  row: Pick<LockedRow, 'epoch'>,
  now: Instant,
): GlobalUpdate | undefined {
  if (write.status === undefined && write.rollbackReason === undefined && !write.park) return undefined;
  const update: { -readonly [K in keyof GlobalUpdate]: GlobalUpdate[K] } = { gid: write.gid, epoch: row.epoch };
  if (write.status) update.status = write.status;
  if (write.status === 'succeed') update.finishTime = now;
  if (write.status === 'failed') update.rollbackTime = now;
  if (write.rollbackReason !== undefined) update.rollbackReason = boundedText(write.rollbackReason, MAX_REASON_LENGTH);
  if (write.park) update.schedule = parked(write.park, now);
  return update;
}

/**
 * The row values that follow from a registration. A runner at work on the transaction has loaded it without these branches,
 * and would cancel all others and call it finished: it loses its lease, and the transaction is visited again at once.
 */
export function appendUpdate(write: AppendWrite, row: LockedRow, now: Instant): GlobalUpdate {
  const branchCount = row.branchCount + write.branches.length;
  if (!write.interrupts || row.leaseUntil === null) return { gid: write.gid, epoch: row.epoch, branchCount };
  const schedule = { owner: '', leaseUntil: null, nextCronTime: now };
  return { gid: write.gid, epoch: row.epoch + 1, branchCount, schedule };
}

/** A row with this lease is due when the lease ends: a dead holder's work waits no longer than that (design 3.2). */
export function leased(lease: LeaseRequest, now: Instant): Schedule {
  const leaseUntil = now + lease.durationMs;
  return { owner: lease.owner, leaseUntil, nextCronTime: leaseUntil };
}

/** The schedule of a new row: with its lease, or with the time of its first visit. */
export function firstSchedule(write: InsertWrite, now: Instant): Schedule {
  if (write.lease) return leased(write.lease, now);
  const { firstVisitAfterMs } = write.transaction;
  return {
    owner: tokenOf(write),
    leaseUntil: null,
    nextCronTime: firstVisitAfterMs === undefined ? null : now + firstVisitAfterMs,
  };
}

/** The calls that failed before the end are not those that fail to tell of it. */
function unleased(write: ChangeWrite, options: string, now: Instant): Schedule {
  const none = { owner: tokenOf(write), leaseUntil: null };
  if (!isFinalStatus(write.to)) return { ...none, nextCronTime: now + (write.visitAfterMs ?? 0) };
  return hasCompletion(options) ? { ...none, nextCronTime: now, attempts: 0 } : { ...none, nextCronTime: null };
}

function parked(park: Park, now: Instant): Schedule {
  return {
    owner: '',
    leaseUntil: null,
    nextCronTime: park.dueInMs === null ? null : now + park.dueInMs,
    intervalMs: park.intervalMs,
    attempts: park.attempts,
    lastError: boundedText(park.lastError, MAX_REASON_LENGTH),
  };
}

function finishTimes(status: GlobalStatus, now: Instant): Pick<GlobalUpdate, 'finishTime' | 'rollbackTime'> {
  if (status === 'succeed') return { finishTime: now };
  if (status === 'failed') return { rollbackTime: now };
  return {};
}
