import type { TransType, Protocol } from './vocabulary';

/** Options that a client sets per transaction (spec 2.2). Durations are whole seconds; absent means "the coordinator's default". */
export interface TransactionOptions {
  readonly waitResult?: boolean;
  /** See spec 6.4: for a saga absent means "never". */
  readonly timeoutToFail?: number;
  /** Timeout of one branch call. */
  readonly requestTimeout?: number;
  /** Base interval between visits (spec 6.2). */
  readonly retryInterval?: number;
  readonly branchHeaders?: Readonly<Record<string, string>>;
  /** For msg, and additively for the second phase of tcc; a saga's concurrency stands in `custom_data` (spec 2.2). */
  readonly concurrent?: boolean;
  /** Only for saga: immediate repeats after an error (spec 5.1). */
  readonly retryLimit?: number;
  /** Additive: after so many failed calls in a row the transaction is left to a person. Absent means that it never is. */
  readonly maxAttempts?: number;
  /** Ours: URL that is told how the transaction has ended, at least once. */
  readonly onComplete?: string;
}

/** One step as sent: URLs may be empty, which means "nothing to do, success". */
export interface RequestStep {
  readonly action: string;
  readonly compensate: string;
}

/** A transaction request after validation: every field has its type, payloads are bytes. */
export interface TransactionRequest {
  readonly gid: string;
  readonly transType: TransType;
  readonly steps: readonly RequestStep[];
  /** One per step, in order; a step without a payload has an empty one. */
  readonly payloads: readonly Uint8Array[];
  readonly queryPrepared: string;
  readonly protocol: Protocol;
  /** JSON text whose meaning the mode knows. */
  readonly customData: string;
  readonly rollbackReason: string;
  /** Ours: the initiator's own name for what it does, as an order number. Empty: none. It need not be unique. */
  readonly businessKey: string;
  readonly options: TransactionOptions;
  /** Workflow submit: `status`, `rollback_reason`, `result`. */
  readonly reqExtra: Readonly<Record<string, string>>;
}
