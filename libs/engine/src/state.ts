import type {
  BranchStatus,
  GlobalStatus,
  OutcomeKind,
  Protocol,
  TransactionOptions,
  TransType,
} from '@nestjs-dtx/protocol';
import type { EngineSettings } from './settings';

/** Milliseconds since 1970 on the clock of the store, never of this process (design 3.3). */
export type Instant = number;

/** One row of `trans_branch_op`. */
export interface Branch {
  readonly branchId: string;
  readonly op: string;
  /** Empty means that there is nothing to call: success. */
  readonly url: string;
  readonly payload: Uint8Array;
  readonly status: BranchStatus;
}

/** What this runner knows of a call beyond what is durable. Lost with the process, and nothing depends on its survival. */
export type CallState =
  | {
      readonly phase: 'in-flight';
      readonly intervalMs: number;
      /** Status of the transaction when the call was made. */
      readonly madeUnder: GlobalStatus;
    }
  | {
      readonly phase: 'settled';
      readonly kind: OutcomeKind | 'deferred';
      /** The call is not repeated before this instant. */
      readonly notBefore: Instant;
    };

/** A transaction as its runner sees it. Immutable: {@link evolve} makes the next one. */
export interface TransactionState {
  readonly gid: string;
  readonly transType: TransType;
  readonly status: GlobalStatus;
  readonly protocol: Protocol;
  readonly queryPrepared: string;
  readonly customData: string;
  /** The initiator's own name for it; empty: none. */
  readonly businessKey: string;
  readonly options: TransactionOptions;
  readonly createdAt: Instant;
  /** In registration order. */
  readonly branches: readonly Branch[];
  readonly rollbackReason: string;
  /** Current distance between visits: the base interval, or what errors have made of it. */
  readonly intervalMs: number;
  /** Failed calls since the last success; operators find stuck transactions by it. */
  readonly attempts: number;
  /** Text of the last call that did not succeed. */
  readonly lastError: string;
  /** Errors of this run, which `retry_limit` counts (spec 5.1). Not durable, as in the specification. */
  readonly retries: number;
  /** Reason of the last branch that refused, until the status change stores it. */
  readonly failureReason: string;
  /** Calls in flight and calls that wait for their next try, by {@link callKey}. */
  readonly calls: ReadonlyMap<string, CallState>;
  readonly settings: EngineSettings;
}

/** The durable part of a transaction, as a store hands it over. */
export type TransactionSnapshot = Omit<TransactionState, 'retries' | 'failureReason' | 'calls' | 'settings'>;

/** Shared by all states without calls. */
export const NO_CALLS: ReadonlyMap<string, CallState> = new Map();

/**
 * Starts a run from what is durable: nothing is in flight, and whatever is eligible may be called at once. Written field by
 * field: it happens once per transaction, and adding fields to a spread costs V8 microseconds.
 */
export function openState(snapshot: TransactionSnapshot, settings: EngineSettings): TransactionState {
  return {
    gid: snapshot.gid,
    transType: snapshot.transType,
    status: snapshot.status,
    protocol: snapshot.protocol,
    queryPrepared: snapshot.queryPrepared,
    customData: snapshot.customData,
    businessKey: snapshot.businessKey,
    options: snapshot.options,
    createdAt: snapshot.createdAt,
    branches: snapshot.branches,
    rollbackReason: snapshot.rollbackReason,
    intervalMs: snapshot.intervalMs,
    attempts: snapshot.attempts,
    lastError: snapshot.lastError,
    retries: 0,
    failureReason: '',
    calls: NO_CALLS,
    settings,
  };
}

/** Key of a call in {@link TransactionState.calls}. */
export function callKey(call: { readonly branchId: string; readonly op: string }): string {
  return `${call.branchId}/${call.op}`;
}
