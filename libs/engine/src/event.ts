import type { GlobalStatus, Outcome } from '@nestjs-dtx/protocol';
import type { BranchCall } from './decision';
import type { Instant } from './state';

/** What happened to a transaction. Everything that is not pure (time, chance) is part of the event. */
export type TransactionEvent =
  | { readonly type: 'started'; readonly calls: readonly BranchCall[] }
  | {
      readonly type: 'answered';
      readonly call: BranchCall;
      readonly outcome: Outcome;
      readonly now: Instant;
      /** Random number in [0, 1) for the jitter of the next try. */
      readonly spread: number;
    }
  /** The call was not made (destination full, breaker open) and may be tried again at `until`. */
  | { readonly type: 'deferred'; readonly call: BranchCall; readonly until: Instant; readonly reason: string }
  | { readonly type: 'changed'; readonly to: GlobalStatus; readonly reason?: string };
