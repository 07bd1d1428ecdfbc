import { MoreThan, type DataSource, type Repository } from 'typeorm';
import type {
  BranchRecord,
  KvFilter,
  KvPage,
  KvRecord,
  ListFilter,
  TransactionPage,
  TransactionRecord,
  TransactionWithBranches,
} from '../records';
import type { KvRow } from './entities/kv.entity';
import type { TransBranchOpRow } from './entities/trans-branch-op.entity';
import type { TransGlobalRow } from './entities/trans-global.entity';
import { TransactionListing } from './transaction-listing';

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

  async list(filter: ListFilter): Promise<TransactionPage> {
    const { rows, ...next } = await new TransactionListing(this.dataSource, filter).page();
    return { transactions: rows.map(transactionOf), ...next };
  }

  async kvScan(category: string): Promise<readonly KvRecord[]> {
    const rows = await this.kv.find({ where: { cat: category }, order: { id: 'ASC' } });
    return rows.map(kvOf);
  }

  /** By key, as the index of the table is in that order. */
  async kvPage({ category, afterKey, limit }: KvFilter): Promise<KvPage> {
    const found = await this.kv.find({
      where: { cat: category, ...(afterKey !== undefined && { k: MoreThan(afterKey) }) },
      order: { k: 'ASC' },
      take: limit + 1,
    });
    const rows = found.slice(0, limit).map(kvOf);
    return { rows, ...(found.length > limit && { nextAfterKey: rows.at(-1)!.key }) };
  }

  async kvFind(category: string, key: string): Promise<KvRecord | undefined> {
    const row = await this.kv.findOneBy({ cat: category, k: key });
    return row ? kvOf(row) : undefined;
  }

  private get kv(): Repository<KvRow> {
    return this.dataSource.getRepository<KvRow>('kv');
  }
}

function kvOf(row: KvRow): KvRecord {
  return {
    id: Number(row.id),
    category: row.cat,
    key: row.k,
    value: row.v,
    version: row.version,
    createTime: row.createTime.getTime(),
    updateTime: row.updateTime.getTime(),
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
