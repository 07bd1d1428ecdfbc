import type { Ending, Instant, TransactionSnapshot } from '@nestjs-dtx/engine';
import type { BranchStatus, GlobalStatus, TransType } from '@nestjs-dtx/protocol';

/** A transaction that was just leased: everything its runner needs. */
export interface LeasedTransaction {
  readonly snapshot: TransactionSnapshot;
  /** Fencing number of this lease: later writes present it. */
  readonly epoch: number;
  /** The store's time when the lease was taken. */
  readonly now: Instant;
  /** Why it must not be run, if that is so: what was read of it is not what was written. */
  readonly damage?: string;
  /** Present when it has ended, and only that has to be told. */
  readonly ending?: Ending;
}

/** One transaction as it is shown: every column, for queries and the desk. Times are instants. */
export interface TransactionRecord {
  readonly id: number;
  readonly gid: string;
  readonly transType: TransType;
  readonly status: GlobalStatus;
  readonly queryPrepared: string;
  readonly protocol: string;
  /** JSON text as stored. */
  readonly options: string;
  readonly customData: string;
  readonly businessKey: string;
  readonly result: string;
  readonly rollbackReason: string;
  readonly extData: string;
  readonly owner: string;
  readonly createTime: Instant;
  readonly updateTime: Instant;
  readonly finishTime: Instant | null;
  readonly rollbackTime: Instant | null;
  /** Seconds. */
  readonly nextCronInterval: number | null;
  readonly nextCronTime: Instant | null;
  readonly leaseUntil: Instant | null;
  readonly epoch: number;
  readonly branchCount: number;
  readonly attempts: number;
  readonly lastError: string;
}

/** One branch row as it is shown. */
export interface BranchRecord {
  readonly id: number;
  readonly gid: string;
  readonly url: string;
  readonly payload: Uint8Array;
  readonly branchId: string;
  readonly op: string;
  readonly status: BranchStatus;
  readonly createTime: Instant;
  readonly updateTime: Instant;
  readonly finishTime: Instant | null;
  readonly rollbackTime: Instant | null;
}

/** A transaction with its branches in registration order. */
export interface TransactionWithBranches {
  readonly transaction: TransactionRecord;
  readonly branches: readonly BranchRecord[];
}

/** Filter of the transaction list (spec 2.10). */
export interface ListFilter {
  readonly status?: GlobalStatus;
  readonly transType?: TransType;
  /** Exactly this one. */
  readonly businessKey?: string;
  readonly createdFrom?: Instant;
  readonly createdTo?: Instant;
  /** Rows older than this id: where the page before ended. */
  readonly beforeId?: number;
  readonly limit: number;
}

/** One page of the transaction list, newest first. */
export interface TransactionPage {
  readonly transactions: readonly TransactionRecord[];
  /**
   * {@link ListFilter.beforeId} of the next page; absent when this is the last. A page may be shorter than its limit, even
   * empty, and still not be the last: it reads a bounded number of rows, and few of them may pass the filter.
   */
  readonly nextBeforeId?: number;
}

/** One row of the `kv` table. */
export interface KvRecord {
  readonly id: number;
  readonly category: string;
  readonly key: string;
  readonly value: string;
  /** 1 when the row is new, one more with each change. */
  readonly version: number;
  readonly createTime: Instant;
  readonly updateTime: Instant;
}

/** Which rows of the `kv` table a page holds. */
export interface KvFilter {
  readonly category: string;
  /** Rows with a greater key: where the page before ended. */
  readonly afterKey?: string;
  readonly limit: number;
}

/** One page of a category, in the order of the keys. */
export interface KvPage {
  readonly rows: readonly KvRecord[];
  /** {@link KvFilter.afterKey} of the next page; absent when this is the last. */
  readonly nextAfterKey?: string;
}
