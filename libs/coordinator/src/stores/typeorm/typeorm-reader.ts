import { LessThan, LessThanOrEqual, MoreThanOrEqual, And, type DataSource, type FindOptionsWhere } from 'typeorm';
import type { BranchRecord, KvRecord, ListFilter, TransactionRecord, TransactionWithBranches } from '../records';
import type { KvRow } from './entities/kv.entity';
import type { TransBranchOpRow } from './entities/trans-branch-op.entity';
import type { TransGlobalRow } from './entities/trans-global.entity';

const EMPTY = new Uint8Array(0);

/** The cold reads, through TypeORM's repositories: the same on every engine. */
export class TypeormReader {
  constructor(private readonly dataSource: DataSource) {}

  async find(gid: string): Promise<TransactionWithBranches | undefined> {
    const row = await this.dataSource.getRepository<TransGlobalRow>('trans_global').findOneBy({ gid });
    if (!row) return undefined;
    const branches = await this.dataSource
      .getRepository<TransBranchOpRow>('trans_branch_op')
      .find({ where: { gid }, order: { id: 'ASC' } });
    return { transaction: transactionOf(row), branches: branches.map(branchOf) };
  }

  async list(filter: ListFilter): Promise<readonly TransactionRecord[]> {
    const rows = await this.dataSource
      .getRepository<TransGlobalRow>('trans_global')
      .find({ where: whereOf(filter), order: { id: 'DESC' }, take: filter.limit });
    return rows.map(transactionOf);
  }

  async kvScan(category: string): Promise<readonly KvRecord[]> {
    const rows = await this.dataSource
      .getRepository<KvRow>('kv')
      .find({ where: { cat: category }, order: { id: 'ASC' } });
    return rows.map((row) => ({
      category: row.cat,
      key: row.k,
      value: row.v,
      version: row.version,
      updateTime: row.updateTime.getTime(),
    }));
  }
}

function whereOf(filter: ListFilter): FindOptionsWhere<TransGlobalRow> {
  const { status, transType, createdFrom, createdTo, beforeId } = filter;
  const created = [
    ...(createdFrom === undefined ? [] : [MoreThanOrEqual(new Date(createdFrom))]),
    ...(createdTo === undefined ? [] : [LessThanOrEqual(new Date(createdTo))]),
  ];
  return {
    ...(status && { status }),
    ...(transType && { transType }),
    ...(created.length > 0 && { createTime: And(...created) }),
    ...(beforeId !== undefined && { id: LessThan(beforeId) }),
  };
}

function transactionOf(row: TransGlobalRow): TransactionRecord {
  return {
    ...row,
    id: Number(row.id),
    createTime: row.createTime.getTime(),
    updateTime: row.updateTime.getTime(),
    finishTime: row.finishTime?.getTime() ?? null,
    rollbackTime: row.rollbackTime?.getTime() ?? null,
    nextCronTime: row.nextCronTime?.getTime() ?? null,
    leaseUntil: row.leaseUntil?.getTime() ?? null,
  };
}

function branchOf(row: TransBranchOpRow): BranchRecord {
  return {
    id: Number(row.id),
    gid: row.gid,
    url: row.url,
    payload: row.binData ?? EMPTY,
    branchId: row.branchId,
    op: row.op,
    status: row.status,
    createTime: row.createTime.getTime(),
    updateTime: row.updateTime.getTime(),
    finishTime: row.finishTime?.getTime() ?? null,
    rollbackTime: row.rollbackTime?.getTime() ?? null,
  };
}
