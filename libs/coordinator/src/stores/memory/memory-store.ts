import type { Instant } from '@nestjs-dtx/engine';
import { isFinalStatus } from '@nestjs-dtx/protocol';
import { runIsolated, type BatchRun } from '../batch/batch-outcome';
import { leased } from '../batch/updates';
import { DEFAULT_BATCH, WriteBatcher } from '../batch/write-batcher';
import type {
  KvFilter,
  KvPage,
  KvRecord,
  LeasedTransaction,
  ListFilter,
  TransactionPage,
  TransactionWithBranches,
} from '../records';
import { hasCompletion } from '../owed-completion';
import {
  TransactionStore,
  type HeldLease,
  type KvEntry,
  type PurgeProgress,
  type PurgeRequest,
  type RearmResult,
} from '../transaction-store';
import type { LeaseRequest, Write, WriteResults } from '../writes';
import { purgeMemory } from './memory-purge';
import { MemoryStatements } from './memory-statements';
import { MemoryTables, type GlobalRow } from './memory-tables';

/** Nothing can be lost on the way, and nobody else is there to conflict with. */
const ONE_PROCESS: BatchRun = { kindOf: () => 'write', isRepeated: false };

/**
 * A store that forgets everything with its process: for tests and for trying things out. Same batcher, same fencing
 * decisions as the durable ones.
 */
export class MemoryStore extends TransactionStore {
  private readonly tables = new MemoryTables();
  private readonly statements: MemoryStatements;
  private readonly batcher: WriteBatcher;

  /** @param now the store's clock, which a test may move */
  constructor(private readonly now: () => Instant = Date.now) {
    super();
    this.statements = new MemoryStatements(this.tables, now);
    this.batcher = new WriteBatcher((writes) => runIsolated(this.statements, writes, ONE_PROCESS), DEFAULT_BATCH);
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {
    await this.batcher.flush();
  }

  async ping(): Promise<Instant> {
    return this.now();
  }

  write<W extends Write>(write: W): Promise<WriteResults[W['kind']]> {
    return this.batcher.write(write);
  }

  async claim(limit: number, lease: LeaseRequest): Promise<readonly LeasedTransaction[]> {
    const now = this.now();
    const due = this.rows()
      .filter((row) => isDue(row, now))
      .sort((a, b) => a.nextCronTime! - b.nextCronTime!)
      .slice(0, limit);
    for (const row of due) {
      Object.assign(row, leased(lease, now), { epoch: row.epoch + 1 });
    }
    return this.statements.load(
      due.map((row) => row.gid),
      now,
    );
  }

  async renew(leases: readonly HeldLease[], durationMs: number): Promise<readonly string[]> {
    const now = this.now();
    return leases
      .filter(({ gid, epoch }) => {
        const row = this.tables.globals.get(gid);
        if (!row || row.epoch !== epoch || row.leaseUntil === null) return true;
        row.leaseUntil = now + durationMs;
        row.nextCronTime = row.leaseUntil;
        return false;
      })
      .map(({ gid }) => gid);
  }

  async find(gid: string): Promise<TransactionWithBranches | undefined> {
    const transaction = this.tables.globals.get(gid);
    if (!transaction) return undefined;
    const branches = this.tables.branches.get(gid) ?? [];
    return { transaction: { ...transaction }, branches: branches.map((row) => ({ ...row })) };
  }

  async list(filter: ListFilter): Promise<TransactionPage> {
    const found = this.rows()
      .filter((row) => matches(row, filter))
      .sort((a, b) => b.id - a.id);
    const transactions = found.slice(0, filter.limit).map((row) => ({ ...row }));
    return { transactions, ...(found.length > filter.limit && { nextBeforeId: transactions.at(-1)!.id }) };
  }

  async rearm(gid: string): Promise<boolean> {
    const row = this.tables.globals.get(gid);
    if (!row) return false;
    if (!isHeld(row, this.now())) this.makeDue(row);
    return true;
  }

  async rearmFarFuture(afterMs: number, limit: number): Promise<RearmResult> {
    const now = this.now();
    const far = this.rows().filter(
      (row) => !isFinalStatus(row.status) && (row.nextCronTime ?? 0) > now + afterMs && !isHeld(row, now),
    );
    const chosen = far.slice(0, limit);
    for (const row of chosen) this.makeDue(row);
    return { count: chosen.length, hasRemaining: far.length > chosen.length };
  }

  async purge(request: PurgeRequest): Promise<PurgeProgress> {
    return purgeMemory(this.tables, request, this.now());
  }

  async kvScan(category: string): Promise<readonly KvRecord[]> {
    return [...this.tables.kv.values()].filter((row) => row.category === category);
  }

  async kvPage({ category, afterKey, limit }: KvFilter): Promise<KvPage> {
    const found = (await this.kvScan(category))
      .filter(({ key }) => afterKey === undefined || key > afterKey)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const rows = found.slice(0, limit);
    return { rows, ...(found.length > limit && { nextAfterKey: rows.at(-1)!.key }) };
  }

  async kvFind(category: string, key: string): Promise<KvRecord | undefined> {
    return this.tables.kv.get(kvId(category, key));
  }

  async kvPut(entry: KvEntry, expectedVersion?: number, expectedValue?: string): Promise<boolean> {
    const id = kvId(entry.category, entry.key);
    const stored = this.tables.kv.get(id);
    const version = stored?.version ?? 0;
    if (expectedVersion !== undefined && version !== expectedVersion) return false;
    if (expectedValue !== undefined && stored?.value !== expectedValue) return false;
    const now = this.now();
    const { id: rowId, createTime } = stored ?? { id: this.tables.nextId(), createTime: now };
    this.tables.kv.set(id, { ...entry, id: rowId, version: version + 1, createTime, updateTime: now });
    return true;
  }

  async kvDelete(category: string, key: string): Promise<boolean> {
    return this.tables.kv.delete(kvId(category, key));
  }

  private rows(): GlobalRow[] {
    return [...this.tables.globals.values()];
  }

  private makeDue(row: GlobalRow): void {
    row.nextCronTime = this.now();
    row.updateTime = this.now();
  }
}

const kvId = (category: string, key: string): string => JSON.stringify([category, key]);

function isDue(row: GlobalRow, now: Instant): boolean {
  const isRun = !isFinalStatus(row.status) || hasCompletion(row.options);
  return isRun && row.nextCronTime !== null && row.nextCronTime <= now;
}

function isHeld(row: GlobalRow, now: Instant): boolean {
  return row.leaseUntil !== null && row.leaseUntil > now;
}

function matches(row: GlobalRow, filter: ListFilter): boolean {
  return (
    (filter.status === undefined || row.status === filter.status) &&
    (filter.transType === undefined || row.transType === filter.transType) &&
    (filter.businessKey === undefined || row.businessKey === filter.businessKey) &&
    (filter.createdFrom === undefined || row.createTime >= filter.createdFrom) &&
    (filter.createdTo === undefined || row.createTime <= filter.createdTo) &&
    (filter.beforeId === undefined || row.id < filter.beforeId)
  );
}
