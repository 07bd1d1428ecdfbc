import type { Outcome, TransType } from '@nestjs-dtx/protocol';
import type { Acceptance, Command, Facts, StoredTransaction } from './command';
import type { BranchCall, Decision } from './decision';
import type { Instant, TransactionState } from './state';

/** What a `wait_result` caller is told when the pass ends (spec 2.6). */
export type WaitResult =
  | { readonly result: 'success' }
  | { readonly result: 'failure'; readonly message: string }
  | { readonly result: 'ongoing' }
  | { readonly result: 'error'; readonly message: string };

/** One transaction type as pure decisions (design 3). A new one is a folder beside `saga/` and a line in `modes.ts`. */
export interface Mode {
  readonly transType: TransType;
  /** @returns which rows and status follow from a command. */
  accept(command: Command, stored: StoredTransaction | undefined, facts: Facts): Acceptance;
  /** @returns what the runner does next. */
  decide(state: TransactionState, now: Instant): Decision;
  /** @returns whether the call may refuse; FAILURE from any other is an incident and never changes a status (design 3.4). */
  mayFail(call: BranchCall): boolean;
  /** What an outcome counts as, where the general rules do not hold. */
  weigh?(outcome: Outcome): Outcome;
  /** @param asked what the waiting client asked for: a transaction that was to be rolled back succeeds by failing */
  answer(state: TransactionState, asked: 'submit' | 'abort'): WaitResult;
}
