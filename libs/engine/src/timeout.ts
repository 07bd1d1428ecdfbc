import type { TransactionOptions, TransType } from '@nestjs-dtx/protocol';
import type { EngineSettings } from './settings';
import type { Instant, TransactionState } from './state';

/**
 * When the transaction times out (spec 6.4). Absent for a saga that sets no timeout: it never does.
 */
export function timeoutAt(state: TransactionState): Instant | undefined {
  const seconds = timeoutSeconds(state);
  return seconds === 0 ? undefined : state.createdAt + seconds * 1000;
}

/** @returns whether the transaction has timed out. */
export function isTimedOut(state: TransactionState, now: Instant): boolean {
  const at = timeoutAt(state);
  return at !== undefined && now >= at;
}

/** The text that clients match as `^Timeout after \d+ seconds$`, with the value in effect (Q24). */
export function timeoutReason(state: TransactionState): string {
  return `Timeout after ${timeoutSeconds(state)} seconds`;
}

function timeoutSeconds(state: TransactionState): number {
  return timeoutInEffect(state.transType, state.options, state.settings);
}

/** @returns seconds from creation to the timeout, 0 for never (spec 6.4) */
export function timeoutInEffect(transType: TransType, options: TransactionOptions, settings: EngineSettings): number {
  if (options.timeoutToFail) return options.timeoutToFail;
  return transType === 'saga' ? 0 : settings.timeoutToFail;
}
