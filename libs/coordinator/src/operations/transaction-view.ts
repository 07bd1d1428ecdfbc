import type { BranchView, QueryView, TransactionView } from '@nestjs-dtx/protocol';
import type { BranchRecord, TransactionRecord, TransactionWithBranches } from '../stores/records';
import { optionsOf } from '../stores/snapshot';

/** Rows as `/query` and `/all` show them (spec 2.10): what is empty is left out. */
export function queryViewOf(found: TransactionWithBranches | undefined): QueryView {
  if (!found) return { transaction: null, branches: [] };
  return { transaction: transactionViewOf(found.transaction), branches: found.branches.map(branchViewOf) };
}

export function transactionViewOf(row: TransactionRecord): TransactionView {
  return {
    id: row.id,
    create_time: time(row.createTime),
    update_time: time(row.updateTime),
    gid: row.gid,
    trans_type: row.transType,
    status: row.status,
    ...present('query_prepared', row.queryPrepared),
    ...present('protocol', row.protocol),
    ...present('finish_time', timeOf(row.finishTime)),
    ...present('rollback_time', timeOf(row.rollbackTime)),
    ...present('result', row.result),
    ...present('rollback_reason', row.rollbackReason),
    ...present('options', row.options),
    ...present('custom_data', row.customData),
    ...present('next_cron_interval', row.nextCronInterval),
    ...present('next_cron_time', timeOf(row.nextCronTime)),
    ...present('owner', row.owner),
    ...present('ext_data', row.extData),
    concurrent: optionsOf(row)?.concurrent ?? false,
    ...present('business_key', row.businessKey),
    ...present('attempts', row.attempts),
    ...present('last_error', row.lastError),
  };
}

function branchViewOf(row: BranchRecord): BranchView {
  return {
    id: row.id,
    create_time: time(row.createTime),
    update_time: time(row.updateTime),
    gid: row.gid,
    ...present('url', row.url),
    ...present('bin_data', Buffer.from(row.payload).toString('base64')),
    branch_id: row.branchId,
    op: row.op,
    status: row.status,
    ...present('finish_time', timeOf(row.finishTime)),
    ...present('rollback_time', timeOf(row.rollbackTime)),
  };
}

const time = (instant: number): string => new Date(instant).toISOString();

const timeOf = (instant: number | null): string | null => (instant === null ? null : time(instant));

function present<K extends string, V extends string | number>(key: K, value: V | null): { [P in K]?: V } {
  return value === null || value === '' || value === 0 ? {} : ({ [key]: value } as { [P in K]: V });
}
