import type { Instant } from '@nestjs-dtx/engine';
import type {
  KvFilter,
  KvPage,
  KvRecord,
  LeasedTransaction,
  ListFilter,
  TransactionPage,
  TransactionWithBranches,
} from './records';
import {
  TransactionStore,
  type HeldLease,
  type KvEntry,
  type PurgeProgress,
  type PurgeRequest,
  type RearmResult,
} from './transaction-store';
import type { LeaseRequest, Write, WriteResults } from './writes';

/** Which method is about to be carried out; for writes, which kind. */
export type StoreOperation = Exclude<keyof TransactionStore, 'write'> | Write['kind'];

/**
 * A real store with a listener in front of it: it sees every operation, and may hold it up or let it fail as an outage
 * would.
 */
export class StoreProbe extends TransactionStore {
  readonly operations: StoreOperation[] = [];
  /** Called before each operation; what it throws is thrown instead. */
  before: (operation: StoreOperation) => void | Promise<void> = () => {};
  /** Called when the operation is done and its caller does not know yet. */
  after: (operation: StoreOperation) => void | Promise<void> = () => {};

  constructor(private readonly inner: TransactionStore) {
    super();
  }

  async open(): Promise<void> {
    return this.reach('open', () => this.inner.open());
  }

  async close(): Promise<void> {
    return this.reach('close', () => this.inner.close());
  }

  async ping(): Promise<Instant> {
    return this.reach('ping', () => this.inner.ping());
  }

  async write<W extends Write>(write: W): Promise<WriteResults[W['kind']]> {
    return this.reach(write.kind, () => this.inner.write(write));
  }

  async claim(limit: number, lease: LeaseRequest): Promise<readonly LeasedTransaction[]> {
    return this.reach('claim', () => this.inner.claim(limit, lease));
  }

  async renew(leases: readonly HeldLease[], durationMs: number): Promise<readonly string[]> {
    return this.reach('renew', () => this.inner.renew(leases, durationMs));
  }

  async find(gid: string): Promise<TransactionWithBranches | undefined> {
    return this.reach('find', () => this.inner.find(gid));
  }

  async list(filter: ListFilter): Promise<TransactionPage> {
    return this.reach('list', () => this.inner.list(filter));
  }

  async rearm(gid: string): Promise<boolean> {
    return this.reach('rearm', () => this.inner.rearm(gid));
  }

  async rearmFarFuture(afterMs: number, limit: number): Promise<RearmResult> {
    return this.reach('rearmFarFuture', () => this.inner.rearmFarFuture(afterMs, limit));
  }

  async purge(request: PurgeRequest): Promise<PurgeProgress> {
    return this.reach('purge', () => this.inner.purge(request));
  }

  async kvScan(category: string): Promise<readonly KvRecord[]> {
    return this.reach('kvScan', () => this.inner.kvScan(category));
  }

  async kvPage(filter: KvFilter): Promise<KvPage> {
    return this.reach('kvPage', () => this.inner.kvPage(filter));
  }

  async kvFind(category: string, key: string): Promise<KvRecord | undefined> {
    return this.reach('kvFind', () => this.inner.kvFind(category, key));
  }

  async kvPut(entry: KvEntry, expectedVersion?: number, expectedValue?: string): Promise<boolean> {
    return this.reach('kvPut', () => this.inner.kvPut(entry, expectedVersion, expectedValue));
  }

  async kvDelete(category: string, key: string): Promise<boolean> {
    return this.reach('kvDelete', () => this.inner.kvDelete(category, key));
  }

  private async reach<T>(operation: StoreOperation, work: () => Promise<T>): Promise<T> {
    this.operations.push(operation);
    await this.before(operation);
    const result = await work();
    await this.after(operation);
    return result;
  }
}
