import type { GlobalStatus, Protocol, TransactionOptions, TransactionRequest, TransType } from '@nestjs-dtx/protocol';
import type { EngineSettings } from './settings';
import type { Branch } from './state';

/** What a client asks for. */
export type Command =
  | { readonly kind: 'prepare'; readonly request: TransactionRequest }
  | { readonly kind: 'submit'; readonly request: TransactionRequest }
  | { readonly kind: 'abort'; readonly gid: string; readonly rollbackReason: string }
  /** Branches that a client or a participant announces while the transaction is prepared (spec 2.8). */
  | {
      readonly kind: 'register';
      readonly gid: string;
      readonly transType: TransType;
      readonly branches: readonly Branch[];
    }
  | { readonly kind: 'forceStop'; readonly gid: string };

/** What is stored under the gid, as far as accepting a command depends on it. */
export interface StoredTransaction {
  readonly transType: TransType;
  readonly status: GlobalStatus;
  readonly branchCount: number;
}

/** What a decision rests on besides the request and the row: configuration, and what needed I/O. */
export interface Facts {
  readonly settings: EngineSettings;
  /** Subscribers of the topics that the request names, in the order of their subscription. A topic that is missing does not exist. */
  readonly topics?: ReadonlyMap<string, readonly string[]>;
}

/** A transaction to be stored with all its branch rows. */
export interface NewTransaction {
  readonly gid: string;
  readonly transType: TransType;
  readonly status: 'prepared' | 'submitted';
  readonly protocol: Protocol;
  readonly queryPrepared: string;
  readonly customData: string;
  /** Empty: none. */
  readonly businessKey: string;
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
  /** Result of a workflow, as its client sent it. */
  readonly result?: string;
}

/** What a workflow ends with besides its status. */
export type WorkflowOutcome = Required<Pick<TransactionPatch, 'result' | 'rollbackReason'>>;

/** The answer to a command; the store carries it out under the condition that it names, and asks again when that no longer holds. */
export type Acceptance =
  /** Insert; if the gid exists by then, accept again with what is stored. */
  | { readonly accept: 'create'; readonly transaction: NewTransaction; readonly start: boolean }
  /** Conditional change of the status; `start` also takes the lease. Without it the next visit is due after `visitAfterMs`, or at once. */
  | {
      readonly accept: 'change';
      readonly from: GlobalStatus;
      readonly to: GlobalStatus;
      readonly patch: TransactionPatch;
      readonly start: boolean;
      readonly visitAfterMs?: number;
    }
  /** Add branches as long as the transaction is prepared. */
  | {
      readonly accept: 'append';
      readonly transType: TransType;
      readonly branches: readonly Branch[];
      /** A repetition with the same content is answered as the first (Q38). Otherwise any branch that is there already is an error. */
      readonly idempotent: boolean;
      /** Whoever works on the transaction has to look again: it would decide without the new branches. */
      readonly interrupts: boolean;
    }
  /** Already so: nothing to do. With `same` only if the row holds these values, and unknown otherwise. */
  | { readonly accept: 'repeat'; readonly start: false; readonly same?: WorkflowOutcome }
  /** Already in this status; a pass is triggered unless somebody holds the transaction (spec 5.6). */
  | { readonly accept: 'repeat'; readonly start: true; readonly status: GlobalStatus }
  | Refusal;

export interface Refusal {
  readonly accept: 'refuse';
  /** `conflict`: a business refusal, 409. `unknown`: no such transaction. `invalid`: the request itself is wrong. */
  readonly kind: 'conflict' | 'unknown' | 'invalid';
  /** Field at fault, for `invalid`. */
  readonly field?: string;
  readonly message: string;
}
