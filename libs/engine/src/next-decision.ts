import type { Decision } from './decision';
import type { Mode } from './mode';
import type { Instant, TransactionState } from './state';
import { timeoutAt } from './timeout';

/**
 * The mode's decision, unless the transaction has used up its `max_attempts`: then nothing more is called, and a person has
 * to look and make it due again. What the mode decides without a call, as a timeout, still happens.
 */
export function nextDecision(mode: Mode, state: TransactionState, now: Instant): Decision {
  const decision = mode.decide(state, now);
  if (!isExhausted(state) || (decision.do !== 'call' && decision.do !== 'wait')) return decision;
  for (const call of state.calls.values()) {
    if (call.phase === 'in-flight') return { do: 'await' };
  }
  const until = state.transType === 'saga' && state.status === 'submitted' ? timeoutAt(state) : undefined;
  return until !== undefined && until > now ? { do: 'wait', until } : { do: 'rest', exhausted: true };
}

/** An operator's new visit begins without errors of its own, and so makes one more attempt. */
function isExhausted({ options, attempts, retries }: TransactionState): boolean {
  return options.maxAttempts !== undefined && retries > 0 && attempts >= options.maxAttempts;
}
