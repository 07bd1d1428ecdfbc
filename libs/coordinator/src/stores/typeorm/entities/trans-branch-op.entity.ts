import type { BranchStatus } from '@nestjs-dtx/protocol';
import { EntitySchema } from 'typeorm';
import { timeType, type ColumnTypes } from '../column-types';

/** A row of `trans_branch_op` (spec 7.1). */
export interface TransBranchOpRow {
  id: number;
  gid: string;
  url: string;
  binData: Uint8Array | null;
  branchId: string;
  op: string;
  status: BranchStatus;
  finishTime: Date | null;
  rollbackTime: Date | null;
  createTime: Date;
  updateTime: Date;
}

export function transBranchOpEntity(types: ColumnTypes): EntitySchema<TransBranchOpRow> {
  return new EntitySchema<TransBranchOpRow>({
    name: 'trans_branch_op',
    tableName: 'trans_branch_op',
    columns: {
      id: { type: types.id, primary: true, generated: 'increment' },
      gid: { type: 'varchar', length: 128 },
      url: { type: types.text },
      binData: { name: 'bin_data', type: types.blob, nullable: true },
      branchId: { name: 'branch_id', type: 'varchar', length: 128 },
      op: { type: 'varchar', length: 45 },
      status: { type: 'varchar', length: 45 },
      finishTime: { name: 'finish_time', ...timeType(types), nullable: true },
      rollbackTime: { name: 'rollback_time', ...timeType(types), nullable: true },
      createTime: { name: 'create_time', ...timeType(types) },
      updateTime: { name: 'update_time', ...timeType(types) },
    },
  });
}
