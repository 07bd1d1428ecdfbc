import { Table, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';
import { dataSourceOf } from '../data-source-of';
import { columnTypesOf, timeType, type ColumnTypes } from '../column-types';
import { createTableOnce } from './create-table-once';

/** dtm's three tables with its column names, and our columns (design 4). */
export class Initial1763700000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const types = columnTypesOf(dataSourceOf(queryRunner).options.type);
    await createTableOnce(queryRunner, transGlobal(types));
    await createTableOnce(queryRunner, transBranchOp(types));
    await createTableOnce(queryRunner, kv(types));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['kv', 'trans_branch_op', 'trans_global']) await queryRunner.dropTable(table);
  }
}

const id = (types: ColumnTypes): TableColumnOptions => ({
  name: 'id',
  type: types.id,
  isPrimary: true,
  ...(types.generatesId && { isGenerated: true, generationStrategy: 'increment' as const }),
});
const varchar = (name: string, length: number, fallback?: string): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...(fallback !== undefined && { default: `'${fallback}'` }),
});
const text = (name: string, types: ColumnTypes): TableColumnOptions => ({ name, type: types.text });
const integer = (name: string, types: ColumnTypes, fallback?: number): TableColumnOptions => ({
  name,
  type: types.integer,
  isNullable: fallback === undefined,
  ...(fallback !== undefined && { default: String(fallback) }),
});
const time = (name: string, types: ColumnTypes, isNullable = true): TableColumnOptions => ({
  name,
  ...timeType(types),
  isNullable,
});

function transGlobal(types: ColumnTypes): Table {
  return new Table({
    name: 'trans_global',
    columns: [
      id(types),
      varchar('gid', 128),
      varchar('trans_type', 45),
      varchar('status', 12),
      text('query_prepared', types),
      varchar('protocol', 45),
      time('create_time', types, false),
      time('update_time', types, false),
      time('finish_time', types),
      time('rollback_time', types),
      text('options', types),
      text('custom_data', types),
      integer('next_cron_interval', types),
      time('next_cron_time', types),
      varchar('owner', 128, ''),
      text('ext_data', types),
      text('result', types),
      text('rollback_reason', types),
      time('lease_until', types),
      integer('epoch', types, 0),
      integer('branch_count', types, 0),
      integer('attempts', types, 0),
      text('last_error', types),
      varchar('business_key', 128, ''),
    ],
    indices: [
      { name: 'trans_global_gid', columnNames: ['gid'], isUnique: true },
      // The due-scan. A finished transaction has no next_cron_time.
      { name: 'trans_global_next_cron_time', columnNames: ['next_cron_time'] },
    ],
  });
}

function transBranchOp(types: ColumnTypes): Table {
  return new Table({
    name: 'trans_branch_op',
    columns: [
      id(types),
      varchar('gid', 128),
      text('url', types),
      { name: 'bin_data', type: types.blob, isNullable: true },
      varchar('branch_id', 128),
      varchar('op', 45),
      varchar('status', 45),
      time('finish_time', types),
      time('rollback_time', types),
      time('create_time', types, false),
      time('update_time', types, false),
    ],
    indices: [{ name: 'trans_branch_op_gid_branch', columnNames: ['gid', 'branch_id', 'op'], isUnique: true }],
  });
}

function kv(types: ColumnTypes): Table {
  return new Table({
    name: 'kv',
    columns: [
      id(types),
      varchar('cat', 45),
      varchar('k', 128),
      text('v', types),
      integer('version', types, 1),
      time('create_time', types, false),
      time('update_time', types, false),
    ],
    indices: [{ name: 'kv_cat_k', columnNames: ['cat', 'k'], isUnique: true }],
  });
}
