import type { GlobalStatus, Protocol, TransactionOptions, TransactionRequest, TransType } from '@nestjs-dtx/protocol';
import type { Branch } from './state';

/** What a client asks for. */
export type Command =
  | { readonly kind: 'prepare'; readonly request: TransactionRequest }
  | { readonly kind: 'submit'; readonly request: TransactionRequest }
  | { readonly kind: 'abort'; readonly gid: string; readonly rollbackReason: string }
  | { readonly kind: 'forceStop'; readonly gid: string };

/** What is stored under the gid, as far as accepting a command depends on it. */
export interface StoredTransaction {
  readonly transType: TransType;
  readonly status: GlobalStatus;
  readonly branchCount: number;
}

/** What needed I/O before the decision. Nothing yet; resolved topics of a message will stand here. */
export type Facts = Readonly<Record<never, never>>;

/** A transaction to be stored with all its branch rows. */
export interface NewTransaction {
  readonly gid: string;
  readonly transType: TransType;
  readonly status: 'prepared' | 'submitted';
  readonly protocol: Protocol;
  readonly queryPrepared: string;
  readonly customData: string;
  readonly options: TransactionOptions;
  readonly branches: readonly Branch[];
  /** First visit after creation, for a transaction that nobody starts at once. Absent: it waits for its client. Milliseconds. */
  readonly firstVisitAfterMs?: number;
}

/** Fields that a command replaces together with the status (Q14). */
export interface TransactionPatch {
  readonly options?: TransactionOptions;
  readonly customData?: string;
  readonly rollbackReason?: string;
}

/** The answer to a command; the store carries it out under the condition that it names, and asks again when that no longer holds. */
export type Acceptance =
  /** Insert; if the gid exists by then, accept again with what is stored. */
  | { readonly accept: 'create'; readonly transaction: NewTransaction; readonly start: boolean }
  /** Conditional change of the status; `start` also takes the lease. */
  | {
      readonly accept: 'change';
      readonly from: GlobalStatus;
      readonly to: GlobalStatus;
      readonly patch: TransactionPatch;
      readonly start: boolean;
    }
  /** Already so. `start` triggers a pass unless somebody holds the transaction (spec 5.6). */
  | { readonly accept: 'repeat'; readonly start: boolean }
  | Refusal;

export interface Refusal {
  readonly accept: 'refuse';
  /** `conflict`: a business refusal, 409. `unknown`: no such transaction. `invalid`: the request itself is wrong. */
  readonly kind: 'conflict' | 'unknown' | 'invalid';
  /** Field at fault, for `invalid`. */
  readonly field?: string;
  readonly message: string;
}
