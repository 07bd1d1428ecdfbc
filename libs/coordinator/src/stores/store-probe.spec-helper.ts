import type { Instant } from '@nestjs-dtx/engine';
import type { KvRecord, LeasedTransaction, ListFilter, TransactionRecord, TransactionWithBranches } from './records';
import { TransactionStore, type HeldLease, type KvEntry, type RearmResult } from './transaction-store';
import type { LeaseRequest, Write, WriteResults } from './writes';

/** Which method is about to be carried out; for writes, which kind. */
export type StoreOperation = Exclude<keyof TransactionStore, 'write'> | Write['kind'];

/**
 * A real store with a listener in front of it: it sees every operation, and may hold it up or let it fail as an outage
 * would, before anything has been done.
 */
export class StoreProbe extends TransactionStore {
  readonly operations: StoreOperation[] = [];
  /** Called before each operation; what it throws is thrown instead. */
  before: (operation: StoreOperation) => void | Promise<void> = () => {};

  constructor(private readonly inner: TransactionStore) {
    super();
  }

  async open(): Promise<void> {
    await this.reach('open');
    return this.inner.open();
  }

  async close(): Promise<void> {
    await this.reach('close');
    return this.inner.close();
  }

  async ping(): Promise<Instant> {
    await this.reach('ping');
    return this.inner.ping();
  }

  async write<W extends Write>(write: W): Promise<WriteResults[W['kind']]> {
    await this.reach(write.kind);
    return this.inner.write(write);
  }

  async claim(limit: number, lease: LeaseRequest): Promise<readonly LeasedTransaction[]> {
    await this.reach('claim');
    return this.inner.claim(limit, lease);
  }

  async renew(leases: readonly HeldLease[], durationMs: number): Promise<readonly string[]> {
    await this.reach('renew');
    return this.inner.renew(leases, durationMs);
  }

  async find(gid: string): Promise<TransactionWithBranches | undefined> {
    await this.reach('find');
    return this.inner.find(gid);
  }

  async list(filter: ListFilter): Promise<readonly TransactionRecord[]> {
    await this.reach('list');
    return this.inner.list(filter);
  }

  async rearm(gid: string): Promise<boolean> {
    await this.reach('rearm');
    return this.inner.rearm(gid);
  }

  async rearmFarFuture(afterMs: number, limit: number): Promise<RearmResult> {
    await this.reach('rearmFarFuture');
    return this.inner.rearmFarFuture(afterMs, limit);
  }

  async kvScan(category: string): Promise<readonly KvRecord[]> {
    await this.reach('kvScan');
    return this.inner.kvScan(category);
  }

  async kvPut(entry: KvEntry, expectedVersion?: number): Promise<boolean> {
    await this.reach('kvPut');
    return this.inner.kvPut(entry, expectedVersion);
  }

  async kvDelete(category: string, key: string): Promise<boolean> {
    await this.reach('kvDelete');
    return this.inner.kvDelete(category, key);
  }

  private async reach(operation: StoreOperation): Promise<void> {
    this.operations.push(operation);
    await this.before(operation);
  }
}
