import { REST, type BranchCall, type Decision } from '../decision';
import { isInFlight, isReady, pause } from '../pace';
import { callKey, type Instant, type TransactionState } from '../state';
import { isTimedOut, timeoutAt, timeoutReason } from '../timeout';
import type { StepGraph } from './graph';
import { sagaGraph } from './plan';
import { actionCall, compensateCall, sagaSteps, type SagaStep } from './rows';

/** Stands in for the refusal when its text was not stored together with the failed branch: only dtm leaves such rows. */
const LOST_REASON = 'fail message lost';

/** The next step of a saga (spec 5.1). A prepared one waits for its client and is not polled (Q26). */
export function decideSaga(state: TransactionState, now: Instant): Decision {
  if (state.status !== 'submitted' && state.status !== 'aborting') return REST;
  const steps = sagaSteps(state);
  const graph = sagaGraph(state.customData, steps.length);
  return state.status === 'submitted' ? forward(state, steps, graph, now) : backward(state, steps, graph, now);
}

function forward(state: TransactionState, steps: SagaStep[], graph: StepGraph, now: Instant): Decision {
  const reason = abortReason(state, steps, now);
  if (steps.every(({ action }) => action.status === 'succeed')) return { do: 'change', to: 'succeed' };
  if (reason !== undefined) return { do: 'change', to: 'aborting', reason };

  const eligible = steps
    .filter((step, index) => step.action.status === 'prepared' && isEligible(steps, graph, index))
    .map(actionCall);
  const ready = eligible.filter((call) => isReady(state, call, now) || retriesAtOnce(state, call));
  if (ready.length > 0) return { do: 'call', calls: ready };
  return pause(state, eligible, timeoutAt(state));
}

function backward(state: TransactionState, steps: SagaStep[], graph: StepGraph, now: Instant): Decision {
  const mayHaveRun = steps.map((step, index) => step.action.status !== 'prepared' || isEligible(steps, graph, index));
  const rolledBack = steps.map((step, index) => !mayHaveRun[index] || step.compensate.status === 'succeed');
  if (rolledBack.every(Boolean)) return { do: 'change', to: 'failed' };

  const eligible = steps
    .filter((_, index) => !rolledBack[index] && (graph.dependents[index] ?? []).every((later) => rolledBack[later]))
    // An action in flight may still take effect: its compensation must not overtake it.
    .filter((step) => !isInFlight(state, step.action))
    .map(compensateCall);
  const ready = eligible.filter((call) => isReady(state, call, now));
  if (ready.length > 0) return { do: 'call', calls: ready };
  return pause(state, eligible);
}

/** A step may start when all it waits for has succeeded. So it may have run, too, if nobody recorded it (spec 5.1, 7). */
function isEligible(steps: readonly SagaStep[], graph: StepGraph, index: number): boolean {
  return (graph.predecessors[index] ?? []).every((before) => steps[before]?.action.status === 'succeed');
}

/** With a retry limit an error is repeated at once; ONGOING is not an error and keeps its interval (Q25). */
function retriesAtOnce(state: TransactionState, call: BranchCall): boolean {
  if (!state.options.retryLimit) return false;
  const known = state.calls.get(callKey(call));
  return known?.phase === 'settled' && known.kind === 'error';
}

function abortReason(state: TransactionState, steps: readonly SagaStep[], now: Instant): string | undefined {
  if (steps.some(({ action }) => action.status === 'failed')) return state.failureReason || LOST_REASON;
  if (isTimedOut(state, now)) return timeoutReason(state);
  const { retryLimit } = state.options;
  if (retryLimit && state.retries > retryLimit) {
    return `RetryCount is greater than RetryLimit, RetryLimit: ${retryLimit}`;
  }
  return undefined;
}
