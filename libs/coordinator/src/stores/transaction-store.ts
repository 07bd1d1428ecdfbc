import type { Instant } from '@nestjs-dtx/engine';
import type { KvRecord, LeasedTransaction, ListFilter, TransactionRecord, TransactionWithBranches } from './records';
import type { LeaseRequest, Write, WriteResults } from './writes';

/** A lease as its holder knows it. */
export interface HeldLease {
  readonly gid: string;
  readonly epoch: number;
}

/** What to store under a key. */
export type KvEntry = Pick<KvRecord, 'category' | 'key' | 'value'>;

/** @see TransactionStore.rearmFarFuture */
export interface RearmResult {
  readonly count: number;
  readonly hasRemaining: boolean;
}

/**
 * The one port to durable state (design 4). Every method that changes something is one conditional statement or one locked
 * transaction; a lost race is an ordinary result, never an exception. Durations go in and instants come out: all times are
 * the store's clock. A promise resolves after the commit that holds its write. Methods reject with `DTX_STORE_UNAVAILABLE`
 * when the store cannot be reached.
 */
export abstract class TransactionStore {
  /** Connects, migrates if allowed, takes over what a dead owner of an embedded store held. */
  abstract open(): Promise<void>;
  /** Waits for writes under way, then disconnects. */
  abstract close(): Promise<void>;
  /** @returns the store's time, as proof that it answers. */
  abstract ping(): Promise<Instant>;

  /** One state change; shares its commit with those that arrive meanwhile. */
  abstract write<W extends Write>(write: W): Promise<WriteResults[W['kind']]>;

  /**
   * Leases due transactions, oldest due time first.
   *
   * @param limit most transactions
   * @param lease taken on each of them
   */
  abstract claim(limit: number, lease: LeaseRequest): Promise<readonly LeasedTransaction[]>;
  /** @returns the gids of leases that are no longer the caller's. */
  abstract renew(leases: readonly HeldLease[], durationMs: number): Promise<readonly string[]>;

  /** @returns the transaction with its branches in registration order. */
  abstract find(gid: string): Promise<TransactionWithBranches | undefined>;
  /** @returns newest first. */
  abstract list(filter: ListFilter): Promise<readonly TransactionRecord[]>;

  /** Makes one transaction due now, unless somebody is at work on it. @returns false for an unknown gid. */
  abstract rearm(gid: string): Promise<boolean>;
  /** Makes at most `limit` unfinished, unheld transactions due now that are due later than `afterMs` from now (spec 2.11). */
  abstract rearmFarFuture(afterMs: number, limit: number): Promise<RearmResult>;

  abstract kvScan(category: string): Promise<readonly KvRecord[]>;
  /** Creates or replaces. @param expectedVersion absent: whatever is there; 0: nothing may be there. @returns false when another version is. */
  abstract kvPut(entry: KvEntry, expectedVersion?: number): Promise<boolean>;
  /** @returns false when there was nothing. */
  abstract kvDelete(category: string, key: string): Promise<boolean>;
}
