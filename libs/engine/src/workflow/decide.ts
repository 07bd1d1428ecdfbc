import { RESERVED_BRANCH_ID } from '@nestjs-dtx/protocol';
import { REST, type BranchCall, type Decision } from '../decision';
import { isReady, pause } from '../pace';
import type { Instant, TransactionState } from '../state';
import { workflowCustomData } from './custom-data';

/**
 * The next step of a workflow (spec 5.5): its service is called back until it submits the outcome, at the transaction's own
 * interval and with back-off on errors (Q16). What the callback answers changes nothing by itself.
 */
export function decideWorkflow(state: TransactionState, now: Instant): Decision {
  if (state.status !== 'prepared' || state.queryPrepared === '') return REST;
  const { name, data } = workflowCustomData(state.customData);
  const call: BranchCall = { branchId: RESERVED_BRANCH_ID, op: name, url: state.queryPrepared, payload: data };
  return isReady(state, call, now) ? { do: 'call', calls: [call] } : pause(state, [call]);
}
