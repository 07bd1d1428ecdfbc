import type { BranchCall } from '@nestjs-dtx/engine';
import type { Outcome, Protocol } from '@nestjs-dtx/protocol';

/** A branch call with what its transaction adds to it. */
export interface DispatchRequest {
  readonly call: BranchCall;
  readonly gid: string;
  readonly transType: string;
  readonly protocol: Protocol;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs: number;
}

/** The call was made and answered, or it was not made at all. */
export type DispatchResult =
  | { readonly kind: 'answered'; readonly outcome: Outcome }
  /** Not made: the destination is full or its breaker open. To be tried again after the delay. */
  | { readonly kind: 'deferred'; readonly delayMs: number; readonly reason: string };

export const answered = (outcome: Outcome): DispatchResult => ({ kind: 'answered', outcome });
