import type { TransactionOptions } from '@nestjs-dtx/protocol';
import type { EngineSettings } from './settings';
import type { Instant } from './state';

/** Share of the interval that jitter may add: recovered transactions must not return in step (design 3.5). */
const JITTER = 0.1;

/**
 * Base interval between visits (spec 6.2): the transaction's own, else a shorter `timeout_to_fail`, else the default.
 *
 * @returns milliseconds
 */
export function baseIntervalMs(options: TransactionOptions, settings: EngineSettings): number {
  const { retryInterval, timeoutToFail } = options;
  if (retryInterval) return retryInterval * 1000;
  if (timeoutToFail && timeoutToFail < settings.retryInterval) return timeoutToFail * 1000;
  return settings.retryInterval * 1000;
}

/**
 * The interval after an error: twice the one under which the call was started, so that ten branches that fail side by
 * side double it once. Never above the cap unless the base itself is.
 *
 * @returns milliseconds
 */
export function backedOffMs(startedUnderMs: number, baseMs: number, settings: EngineSettings): number {
  return Math.max(baseMs, Math.min(2 * startedUnderMs, settings.retryIntervalMax * 1000));
}

/** @returns when to try again: never earlier than computed, up to a tenth of the interval later. */
export function jittered(now: Instant, intervalMs: number, spread: number): Instant {
  return now + intervalMs + Math.floor(intervalMs * JITTER * spread);
}
