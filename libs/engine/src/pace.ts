import { REST, type BranchCall, type Decision } from './decision';
import { callKey, type Instant, type TransactionState } from './state';

/** @returns whether the call has been sent and not answered. */
export function isInFlight(state: TransactionState, call: { readonly branchId: string; readonly op: string }): boolean {
  return state.calls.get(callKey(call))?.phase === 'in-flight';
}

/** @returns whether the call may be made now: not in flight, and not waiting for its next try. */
export function isReady(state: TransactionState, call: BranchCall, now: Instant): boolean {
  const known = state.calls.get(callKey(call));
  return known === undefined || (known.phase === 'settled' && now >= known.notBefore);
}

/**
 * The decision when calls are wanted but none is ready: wait for those in flight, else for the first one whose time comes.
 *
 * @param wanted calls that are eligible, ready or not
 * @param deadline an instant at which the decision changes by itself, as a timeout
 */
export function pause(state: TransactionState, wanted: readonly BranchCall[], deadline?: Instant): Decision {
  let until = deadline;
  for (const call of wanted) {
    const known = state.calls.get(callKey(call));
    if (known?.phase === 'settled' && (until === undefined || known.notBefore < until)) until = known.notBefore;
  }
  for (const known of state.calls.values()) {
    if (known.phase === 'in-flight') return until === undefined ? { do: 'await' } : { do: 'await', until };
  }
  return until === undefined ? REST : { do: 'wait', until };
}
