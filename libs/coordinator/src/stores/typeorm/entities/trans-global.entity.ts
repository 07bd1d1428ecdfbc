import type { GlobalStatus, TransType } from '@nestjs-dtx/protocol';
import { EntitySchema } from 'typeorm';
import { timeType, type ColumnTypes } from '../column-types';

/** A row of `trans_global`: dtm's columns (spec 7.1), then ours. */
export interface TransGlobalRow {
  id: number;
  gid: string;
  transType: TransType;
  status: GlobalStatus;
  queryPrepared: string;
  protocol: string;
  createTime: Date;
  updateTime: Date;
  finishTime: Date | null;
  rollbackTime: Date | null;
  options: string;
  customData: string;
  nextCronInterval: number | null;
  nextCronTime: Date | null;
  owner: string;
  extData: string;
  result: string;
  rollbackReason: string;
  leaseUntil: Date | null;
  epoch: number;
  branchCount: number;
  attempts: number;
  lastError: string;
  businessKey: string;
}

/** Serves the cold paths; the hot ones use statements of their own (design 4). */
export function transGlobalEntity(types: ColumnTypes): EntitySchema<TransGlobalRow> {
  const text = (name: string) => ({ name, type: types.text }) as const;
  const time = (name: string, nullable = true) => ({ name, ...timeType(types), nullable }) as const;
  const integer = (name: string, nullable = false) => ({ name, type: types.integer, nullable }) as const;
  return new EntitySchema<TransGlobalRow>({
    name: 'trans_global',
    tableName: 'trans_global',
    columns: {
      id: { type: types.id, primary: true, generated: 'increment' },
      gid: { type: 'varchar', length: 128 },
      transType: { name: 'trans_type', type: 'varchar', length: 45 },
      status: { type: 'varchar', length: 12 },
      queryPrepared: text('query_prepared'),
      protocol: { type: 'varchar', length: 45 },
      createTime: time('create_time', false),
      updateTime: time('update_time', false),
      finishTime: time('finish_time'),
      rollbackTime: time('rollback_time'),
      options: text('options'),
      customData: text('custom_data'),
      nextCronInterval: integer('next_cron_interval', true),
      nextCronTime: time('next_cron_time'),
      owner: { type: 'varchar', length: 128 },
      extData: text('ext_data'),
      result: text('result'),
      rollbackReason: text('rollback_reason'),
      leaseUntil: time('lease_until'),
      epoch: integer('epoch'),
      branchCount: integer('branch_count'),
      attempts: integer('attempts'),
      lastError: text('last_error'),
      businessKey: { name: 'business_key', type: 'varchar', length: 128 },
    },
  });
}
