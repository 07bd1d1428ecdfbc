import type { GlobalStatus } from '@nestjs-dtx/protocol';
import type { Instant } from './state';

/** A branch operation to call. Check-backs and workflow callbacks have no row in the store. */
export interface BranchCall {
  readonly branchId: string;
  readonly op: string;
  readonly url: string;
  readonly payload: Uint8Array;
  /** Position in {@link TransactionState.branches}, absent for a call without a row. */
  readonly row?: number;
}

/** What the runner does next. */
export type Decision =
  /** Start these now, concurrently. */
  | { readonly do: 'call'; readonly calls: readonly BranchCall[] }
  /** Calls in flight decide what comes next; at `until` look again even if none has answered. */
  | { readonly do: 'await'; readonly until?: Instant }
  | { readonly do: 'change'; readonly to: GlobalStatus; readonly reason?: string }
  /** Nothing to do before then: the lease is given back. */
  | { readonly do: 'wait'; readonly until: Instant }
  /** Final, or waiting for the client; with `exhausted` given up after `max_attempts`, and left to a person. */
  | { readonly do: 'rest'; readonly exhausted?: boolean };

export const REST: Decision = { do: 'rest' };
