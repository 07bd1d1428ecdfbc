import type { Instant, StoredTransaction } from '@nestjs-dtx/engine';
import { isFinalStatus, type GlobalStatus, type TransType } from '@nestjs-dtx/protocol';
import type { AdvanceWrite, AppendWrite, ChangeWrite, Held, Stale } from '../writes';

/** What a batch reads under lock of every row it may change. */
export interface LockedRow {
  readonly gid: string;
  readonly transType: TransType;
  readonly status: GlobalStatus;
  readonly epoch: number;
  readonly branchCount: number;
  readonly leaseUntil: Instant | null;
  /** Who wrote it last, if that write took a lease or decided the transaction; without `leaseUntil` no lease. @see tokenOf */
  readonly owner: string;
  /** JSON text: a submit merges its options into those of the prepare (Q14). */
  readonly options: string;
}

/** New values of a global row. An absent field keeps what is there. */
export interface GlobalUpdate {
  readonly gid: string;
  readonly epoch: number;
  readonly status?: GlobalStatus;
  readonly rollbackReason?: string;
  readonly options?: string;
  readonly customData?: string;
  readonly result?: string;
  readonly branchCount?: number;
  readonly finishTime?: Instant;
  readonly rollbackTime?: Instant;
  /** Who works on it and when it is visited next; always written together. */
  readonly schedule?: Schedule;
}

/** Lease and due time of a row. */
export interface Schedule {
  readonly owner: string;
  readonly leaseUntil: Instant | null;
  readonly nextCronTime: Instant | null;
  readonly intervalMs?: number;
  readonly attempts?: number;
  readonly lastError?: string;
}

/*
 * The decisions of a batch. They are made on what was read under lock, as a condition inside a multi-row UPDATE is
 * evaluated on a snapshot and lets stale writes through (design 4).
 */

/** A client's change: right status, the type it was meant for, and not held when it must not be. */
export function fenceChange(write: ChangeWrite, row: LockedRow | undefined, now: Instant): Stale | Held | undefined {
  if (!row) return { result: 'stale' };
  const isOther = write.transType !== undefined && row.transType !== write.transType;
  if (row.status !== write.from || isOther) return { result: 'stale', stored: storedOf(row) };
  if (write.unheldOnly && isHeld(row, now)) return { result: 'held' };
  return undefined;
}

/**
 * A runner's progress: only under its own epoch, and never out of a final status. An expired lease that nobody has taken
 * over still writes: what it did is a fact, and the epoch proves that nobody else has acted since. Who tells the end of a
 * transaction holds it too, and changes nothing but its schedule.
 */
export function fenceAdvance(write: AdvanceWrite, row: LockedRow | undefined): Stale | undefined {
  if (!row) return { result: 'stale' };
  const isOver = isFinalStatus(row.status) && !isTelling(write, row);
  if (row.epoch !== write.epoch || isOver) return { result: 'stale', stored: storedOf(row) };
  return undefined;
}

function isTelling({ status, rollbackReason, branches }: AdvanceWrite, { leaseUntil }: LockedRow): boolean {
  return leaseUntil !== null && status === undefined && rollbackReason === undefined && branches.length === 0;
}

/** A registration: only while the transaction is prepared, and of its own type; and not held when it must not be. */
export function fenceAppend(write: AppendWrite, row: LockedRow | undefined, now: Instant): Stale | Held | undefined {
  if (!row) return { result: 'stale' };
  if (row.status !== 'prepared' || row.transType !== write.transType) return { result: 'stale', stored: storedOf(row) };
  if (write.unheldOnly && isHeld(row, now)) return { result: 'held' };
  return undefined;
}

function isHeld({ leaseUntil }: LockedRow, now: Instant): boolean {
  return leaseUntil !== null && leaseUntil > now;
}

export function storedOf(row: LockedRow): StoredTransaction {
  return { transType: row.transType, status: row.status, branchCount: row.branchCount };
}
