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

/** What one part of a purge may take, and where it goes on. */
export interface PurgeRequest {
  /** Transactions that ended longer ago than this. Milliseconds, by the store's clock. */
  readonly finishedForMs: number;
  /** Rows with a greater id: {@link PurgeProgress.lastId} of the part before; 0 for the first. */
  readonly afterId: number;
  /** Most rows looked at, so that no lock is held for long. */
  readonly limit: number;
}

/** What one part of a purge came to. */
export interface PurgeProgress {
  readonly deleted: number;
  /** The last row looked at; `undefined` when there are no more rows old enough. */
  readonly lastId: number | undefined;
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
  /** One page of those that pass the filter. The work of a page is bounded, whatever the filter and however many rows there are. */
  abstract list(filter: ListFilter): Promise<TransactionPage>;

  /** Makes one transaction due now, unless somebody is at work on it. @returns false for an unknown gid. */
  abstract rearm(gid: string): Promise<boolean>;
  /** Makes at most `limit` unfinished, unheld transactions due now that are due later than `afterMs` from now (spec 2.11). */
  abstract rearmFarFuture(afterMs: number, limit: number): Promise<RearmResult>;

  /**
   * Looks at the next rows in the order of their ids and deletes those of transactions that ended long ago, with their
   * branches. Unfinished ones are stepped over, whatever their times; the first row that was created too late ends it, as all
   * later ones were too.
   */
  abstract purge(request: PurgeRequest): Promise<PurgeProgress>;

  /** @returns all of a category: for those that are small by nature. */
  abstract kvScan(category: string): Promise<readonly KvRecord[]>;
  /** One page of a category. Its work is bounded, however many rows there are. */
  abstract kvPage(filter: KvFilter): Promise<KvPage>;
  abstract kvFind(category: string, key: string): Promise<KvRecord | undefined>;
  /**
   * Creates or replaces.
   *
   * @param expectedVersion absent: whatever is there; 0: nothing may be there
   * @param expectedValue of that version; absent: any. A key that was deleted and made again has the same versions once more
   * @returns false when something else is there
   */
  abstract kvPut(entry: KvEntry, expectedVersion?: number, expectedValue?: string): Promise<boolean>;
  /** @returns false when there was nothing. */
  abstract kvDelete(category: string, key: string): Promise<boolean>;
}
