import type { Mode, WaitResult } from '../mode';
import type { TransactionState } from '../state';
import { acceptWorkflow } from './accept';
import { decideWorkflow } from './decide';

/** Code that runs in its service; the coordinator keeps its progress and calls it back until it is through (spec 5.5). */
export const workflowMode: Mode = {
  transType: 'workflow',
  accept: acceptWorkflow,
  decide: decideWorkflow,
  // A resumed workflow that was rolled back answers FAILURE, after it has stored that itself.
  mayFail: () => true,
  answer: answerWorkflow,
};

/** A submit brings the outcome along: there is nothing to wait for. */
function answerWorkflow(state: TransactionState): WaitResult {
  return state.status === 'prepared' ? { result: 'ongoing' } : { result: 'success' };
}
