import type {
  BranchChange,
  Branch,
  Instant,
  NewTransaction,
  StoredTransaction,
  TransactionPatch,
} from '@nestjs-dtx/engine';
import type { GlobalStatus, TransType } from '@nestjs-dtx/protocol';
import type { LeasedTransaction } from './records';

/** A lease to take together with a write (design 3.2). */
export interface LeaseRequest {
  /** Unique per lease, so that a commit of unknown outcome can be recognised when read back. */
  readonly owner: string;
  readonly durationMs: number;
}

/** Stores a new transaction with its branches; refused when the gid exists. */
export interface InsertWrite {
  readonly kind: 'insert';
  readonly gid: string;
  readonly transaction: NewTransaction;
  /** Base interval, for the row. Milliseconds. */
  readonly intervalMs: number;
  /** Present when the writer starts the transaction at once. */
  readonly lease?: LeaseRequest;
}

/** A client's or operator's conditional status change. Takes the transaction from whoever holds it: the epoch goes up. */
export interface ChangeWrite {
  readonly kind: 'change';
  readonly gid: string;
  /** Refused as `stale` if the transaction has another type. Absent: whatever its type is. */
  readonly transType?: TransType;
  readonly from: GlobalStatus;
  readonly to: GlobalStatus;
  readonly patch: TransactionPatch;
  /** Refused as `held` while somebody holds the lease: a repeated submit must not take work away. */
  readonly unheldOnly: boolean;
  /** Without a lease: when the next visit is due, from the store's now. Absent: at once. Milliseconds. */
  readonly visitAfterMs?: number;
  readonly lease?: LeaseRequest;
}

/** A runner's fenced progress: applies only under the epoch of its own lease. */
export interface AdvanceWrite {
  readonly kind: 'advance';
  readonly gid: string;
  readonly epoch: number;
  readonly branches: readonly BranchChange[];
  readonly status?: GlobalStatus;
  readonly rollbackReason?: string;
  /** Absent while the runner goes on; present when it lets go of the transaction. */
  readonly park?: Park;
}

/** How a runner leaves a transaction behind. The lease ends with the same write. */
export interface Park {
  /** Next visit, from the store's now. `null`: never by itself (final, or waiting for its client). Milliseconds. */
  readonly dueInMs: number | null;
  readonly intervalMs: number;
  readonly attempts: number;
  readonly lastError: string;
}

/** Registers branches, as long as the transaction is still prepared, and of the type that the registration says (Q28). */
export interface AppendWrite {
  readonly kind: 'append';
  readonly gid: string;
  readonly transType: TransType;
  readonly branches: readonly Branch[];
  /** Takes the transaction from whoever works on it: a decision without the new branches would be wrong. */
  readonly interrupts: boolean;
  /** Refused as `held` while somebody works on the transaction: nobody would come to its end if every registration interrupted. */
  readonly unheldOnly?: boolean;
}

export type Write = InsertWrite | ChangeWrite | AdvanceWrite | AppendWrite;

/** The write took effect. `leased` is there when it asked for a lease. */
export interface Applied {
  readonly result: 'applied';
  readonly now: Instant;
  readonly epoch: number;
  readonly leased?: LeasedTransaction;
}

/** The gid exists already. */
export interface Duplicate {
  readonly result: 'duplicate';
  readonly stored: StoredTransaction;
}

/** The condition of the write no longer holds; nothing was changed. `stored` is what stands there, if anything does. */
export interface Stale {
  readonly result: 'stale';
  readonly stored?: StoredTransaction;
}

/** Somebody holds the lease, and the write did not want to take it away. */
export interface Held {
  readonly result: 'held';
}

export type WriteResult = Applied | Duplicate | Stale | Held;

/** Result by kind of write. */
export interface WriteResults {
  readonly insert: Applied | Duplicate;
  readonly change: Applied | Stale | Held;
  readonly advance: Applied | Stale;
  readonly append: Applied | Duplicate | Stale | Held;
}
