import { changed } from './changed';
import type { BranchCall } from './decision';
import type { TransactionEvent } from './event';
import { incidentText } from './incident';
import type { Mode } from './mode';
import { backedOffMs, baseIntervalMs, jittered } from './retry';
import { callKey, NO_CALLS, type Branch, type CallState, type TransactionState } from './state';

type Answered = Extract<TransactionEvent, { type: 'answered' }>;

/**
 * Folds one event into the state: the same for every mode. Modes only say what an event means for the next decision.
 *
 * @param mode tells which calls may fail
 */
export function evolve(mode: Mode, state: TransactionState, event: TransactionEvent): TransactionState {
  switch (event.type) {
    case 'started':
      return changed(state, {
        calls: withCalls(state, event.calls, {
          phase: 'in-flight',
          intervalMs: state.intervalMs,
          madeUnder: state.status,
        }),
      });
    case 'deferred':
      return changed(state, {
        lastError: event.reason,
        calls: withCalls(state, [event.call], { phase: 'settled', kind: 'deferred', notBefore: event.until }),
      });
    case 'changed':
      // The new phase starts with fresh intervals: the errors of the actions must not delay the first compensation.
      return changed(state, {
        status: event.to,
        rollbackReason: event.reason ?? state.rollbackReason,
        intervalMs: baseIntervalMs(state.options, state.settings),
        // So that a limit of attempts, reached while going forward, does not keep the way back from being tried at all.
        attempts: 0,
        retries: 0,
      });
    case 'answered':
      return answered(mode, state, event);
  }
}

function answered(mode: Mode, state: TransactionState, event: Answered): TransactionState {
  const { call, outcome } = event;
  if (outcome.kind === 'success') return succeeded(state, event);
  if (outcome.kind === 'failure' && mode.mayFail(call)) return refused(state, event);
  if (outcome.kind === 'ongoing') {
    return changed(state, {
      lastError: outcome.text,
      calls: withCalls(state, [call], settled(event, event.now + state.intervalMs)),
    });
  }
  return erred(state, event);
}

function succeeded(state: TransactionState, event: Answered): TransactionState {
  const intervalMs = baseIntervalMs(state.options, state.settings);
  // A call without a row leaves its result where the mode's next decision finds it.
  if (event.call.row === undefined) {
    const calls = withCalls(state, [event.call], settled(event, event.now + intervalMs));
    return changed(state, { attempts: 0, lastError: '', intervalMs, calls });
  }
  // An action that succeeds after the transaction has turned round stays unrecorded: the steps behind it would look as if
  // they could have run, and be compensated although they were never called.
  const branches = isLate(state, event.call) ? state.branches : withStatus(state.branches, event.call.row, 'succeed');
  return changed(state, {
    attempts: 0,
    lastError: '',
    intervalMs,
    branches,
    calls: without(state.calls, event.call),
  });
}

/** @returns whether the call was made in an earlier phase of the transaction. */
function isLate(state: TransactionState, call: BranchCall): boolean {
  const known = state.calls.get(callKey(call));
  return known?.phase === 'in-flight' && known.madeUnder !== state.status;
}

function refused(state: TransactionState, event: Answered): TransactionState {
  const { call, outcome } = event;
  return changed(state, {
    attempts: 0,
    lastError: outcome.text,
    failureReason: `url:${call.url} return failed: ${outcome.text}`,
    branches: call.row === undefined ? state.branches : withStatus(state.branches, call.row, 'failed'),
    // A call without a row can be wanted again: not at once, whatever the mode makes of the refusal.
    calls: withCalls(state, [call], settled(event, event.now + (call.row === undefined ? state.intervalMs : 0))),
  });
}

function erred(state: TransactionState, event: Answered): TransactionState {
  const before = state.calls.get(callKey(event.call));
  const startedUnder = before?.phase === 'in-flight' ? before.intervalMs : state.intervalMs;
  const base = baseIntervalMs(state.options, state.settings);
  const intervalMs = Math.max(state.intervalMs, backedOffMs(startedUnder, base, state.settings));
  return changed(state, {
    intervalMs,
    attempts: state.attempts + 1,
    retries: state.retries + 1,
    // A failure that came here is one that the mode forbids.
    lastError: event.outcome.kind === 'failure' ? incidentText(event.call, event.outcome) : event.outcome.text,
    calls: withCalls(state, [event.call], settled(event, jittered(event.now, intervalMs, event.spread))),
  });
}

const settled = (event: Answered, notBefore: number): CallState => ({
  phase: 'settled',
  kind: event.outcome.kind,
  notBefore,
});

function withCalls(
  state: TransactionState,
  calls: readonly BranchCall[],
  to: CallState,
): ReadonlyMap<string, CallState> {
  const next = new Map(state.calls);
  for (const call of calls) next.set(callKey(call), to);
  return next;
}

function without(calls: ReadonlyMap<string, CallState>, call: BranchCall): ReadonlyMap<string, CallState> {
  const key = callKey(call);
  // A step of a sequence is the only call there is: no copy of which it would be taken out again.
  if (calls.size === 1 && calls.has(key)) return NO_CALLS;
  const next = new Map(calls);
  next.delete(key);
  return next;
}

function withStatus(branches: readonly Branch[], row: number, status: Branch['status']): readonly Branch[] {
  const next = branches.slice();
  const { branchId, op, url, payload } = branches[row]!;
  next[row] = { branchId, op, url, payload, status };
  return next;
}
