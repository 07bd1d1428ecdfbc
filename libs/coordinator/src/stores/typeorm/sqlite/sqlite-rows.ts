import type { Instant } from '@nestjs-dtx/engine';
import type { BranchStatus, GlobalStatus, TransType } from '@nestjs-dtx/protocol';
import type { LockedRow } from '../../batch/fence';
import type { BranchRecord, TransactionRecord } from '../../records';

/** Columns of `trans_global` as SQLite returns them: times as text. */
export interface GlobalColumns {
  id: number;
  gid: string;
  trans_type: TransType;
  status: GlobalStatus;
  query_prepared: string;
  protocol: string;
  create_time: string;
  update_time: string;
  finish_time: string | null;
  rollback_time: string | null;
  options: string;
  custom_data: string;
  next_cron_interval: number | null;
  next_cron_time: string | null;
  owner: string;
  ext_data: string;
  result: string;
  rollback_reason: string;
  lease_until: string | null;
  epoch: number;
  branch_count: number;
  attempts: number;
  last_error: string;
  business_key: string;
}

export interface BranchColumns {
  id: number;
  gid: string;
  url: string;
  bin_data: Uint8Array | null;
  branch_id: string;
  op: string;
  status: BranchStatus;
  finish_time: string | null;
  rollback_time: string | null;
  create_time: string;
  update_time: string;
}

/** What is read of a row under lock, by position. */
export type LockedColumns = [
  transType: TransType,
  status: GlobalStatus,
  owner: string,
  epoch: number,
  branchCount: number,
  leaseUntil: string | null,
  options: string,
];

const EMPTY = new Uint8Array(0);

/** Reads what `sqliteTime` wrote: UTC. */
export function instantOf(text: string): Instant {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}

const instantOrNull = (text: string | null): Instant | null => (text === null ? null : instantOf(text));

export function lockedRowOf(gid: string, columns: LockedColumns): LockedRow {
  const [transType, status, owner, epoch, branchCount, leaseUntil, options] = columns;
  return { gid, transType, status, owner, epoch, branchCount, leaseUntil: instantOrNull(leaseUntil), options };
}

export function transactionOf(row: GlobalColumns): TransactionRecord {
  return {
    id: row.id,
    gid: row.gid,
    transType: row.trans_type,
    status: row.status,
    queryPrepared: row.query_prepared,
    protocol: row.protocol,
    options: row.options,
    customData: row.custom_data,
    businessKey: row.business_key,
    result: row.result,
    rollbackReason: row.rollback_reason,
    extData: row.ext_data,
    owner: row.owner,
    createTime: instantOf(row.create_time),
    updateTime: instantOf(row.update_time),
    finishTime: instantOrNull(row.finish_time),
    rollbackTime: instantOrNull(row.rollback_time),
    nextCronInterval: row.next_cron_interval,
    nextCronTime: instantOrNull(row.next_cron_time),
    leaseUntil: instantOrNull(row.lease_until),
    epoch: row.epoch,
    branchCount: row.branch_count,
    attempts: row.attempts,
    lastError: row.last_error,
  };
}

export function branchOf(row: BranchColumns): BranchRecord {
  return {
    id: row.id,
    gid: row.gid,
    url: row.url,
    payload: row.bin_data ?? EMPTY,
    branchId: row.branch_id,
    op: row.op,
    status: row.status,
    createTime: instantOf(row.create_time),
    updateTime: instantOf(row.update_time),
    finishTime: instantOrNull(row.finish_time),
    rollbackTime: instantOrNull(row.rollback_time),
  };
}
