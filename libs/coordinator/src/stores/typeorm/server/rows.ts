import type { Instant } from '@nestjs-dtx/engine';
import type { BranchStatus, GlobalStatus, TransType } from '@nestjs-dtx/protocol';
import type { LockedRow } from '../../batch/fence';
import type { BranchRecord, TransactionRecord } from '../../records';

/** Columns of `trans_global` as the driver returns them: 64-bit ids as text. */
export interface GlobalColumns {
  id: string;
  gid: string;
  trans_type: TransType;
  status: GlobalStatus;
  query_prepared: string;
  protocol: string;
  create_time: Date;
  update_time: Date;
  finish_time: Date | null;
  rollback_time: Date | null;
  options: string;
  custom_data: string;
  next_cron_interval: number | null;
  next_cron_time: Date | null;
  owner: string;
  ext_data: string;
  result: string;
  rollback_reason: string;
  lease_until: Date | null;
  epoch: number;
  branch_count: number;
  attempts: number;
  last_error: string;
  business_key: string;
}

/** Columns of `trans_branch_op` as the driver returns them. */
export interface BranchColumns {
  id: string;
  gid: string;
  url: string;
  bin_data: Buffer | null;
  branch_id: string;
  op: string;
  status: BranchStatus;
  finish_time: Date | null;
  rollback_time: Date | null;
  create_time: Date;
  update_time: Date;
}

export type LockedColumns = Pick<
  GlobalColumns,
  'gid' | 'trans_type' | 'status' | 'owner' | 'epoch' | 'branch_count' | 'lease_until' | 'options'
>;

const EMPTY = new Uint8Array(0);

const instantOrNull = (time: Date | null): Instant | null => time?.getTime() ?? null;

export function lockedRowOf(row: LockedColumns): LockedRow {
  return {
    gid: row.gid,
    transType: row.trans_type,
    status: row.status,
    epoch: row.epoch,
    branchCount: row.branch_count,
    owner: row.owner,
    leaseUntil: instantOrNull(row.lease_until),
    options: row.options,
  };
}

export function transactionOf(row: GlobalColumns): TransactionRecord {
  return {
    id: Number(row.id),
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
    createTime: row.create_time.getTime(),
    updateTime: row.update_time.getTime(),
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
    id: Number(row.id),
    gid: row.gid,
    url: row.url,
    payload: row.bin_data ?? EMPTY,
    branchId: row.branch_id,
    op: row.op,
    status: row.status,
    createTime: row.create_time.getTime(),
    updateTime: row.update_time.getTime(),
    finishTime: instantOrNull(row.finish_time),
    rollbackTime: instantOrNull(row.rollback_time),
  };
}
