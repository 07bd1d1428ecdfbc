import { isFinalStatus, OPS, RESERVED_BRANCH_ID, SUCCESS, type Outcome } from '@nestjs-dtx/protocol';
import { REST, type BranchCall } from './decision';
import type { Mode } from './mode';
import { isReady, pause } from './pace';
import { callKey, type Instant, type TransactionState } from './state';

/*
 * `on_complete`: a URL that is told how the transaction has ended, at least once. The end does not wait for that: it is
 * stored with a next visit, and at that visit the URL is called by the same means as any branch, until it has taken it.
 */

/** What a state does not hold of the end of its transaction. */
export interface Ending {
  /** Result of a workflow. */
  readonly result: string;
  readonly at: Instant;
}

/** Body of the call. All fields are always there. */
export interface CompletionNotice {
  readonly gid: string;
  readonly trans_type: string;
  /** `succeed` or `failed`. */
  readonly status: string;
  readonly rollback_reason: string;
  /** Result of a workflow. */
  readonly result: string;
  readonly business_key: string;
  /** RFC 3339, by the store's clock. */
  readonly create_time: string;
  readonly end_time: string;
}

/** @returns the mode of a transaction with `on_complete`: once it has ended it is visited again at once. */
export function owingCompletion(mode: Mode): Mode {
  return {
    ...mode,
    decide: (state, now) => {
      const decision = mode.decide(state, now);
      return decision.do === 'rest' && isFinalStatus(state.status) ? { do: 'wait', until: now } : decision;
    },
  };
}

/** @returns the mode of a transaction that has ended: all there is to do is to call `on_complete`, if it has one. */
export function tellingCompletion(mode: Mode, ending: Ending): Mode {
  return {
    ...mode,
    decide: (state, now) => {
      const url = state.options.onComplete;
      if (url === undefined) return REST;
      const call = completionCall(url, state, ending);
      const known = state.calls.get(callKey(call));
      if (known?.phase === 'settled' && known.kind === 'success') return REST;
      return isReady(state, call, now) ? { do: 'call', calls: [call] } : pause(state, [call]);
    },
    mayFail: () => false,
    weigh,
  };
}

function completionCall(url: string, state: TransactionState, { result, at }: Ending): BranchCall {
  const notice: CompletionNotice = {
    gid: state.gid,
    trans_type: state.transType,
    status: state.status,
    rollback_reason: state.rollbackReason,
    result,
    business_key: state.businessKey,
    create_time: new Date(state.createdAt).toISOString(),
    end_time: new Date(at).toISOString(),
  };
  return { branchId: RESERVED_BRANCH_ID, op: OPS.onComplete, url, payload: Buffer.from(JSON.stringify(notice)) };
}

/** Any 2xx means that it was taken, whatever the body: it may well repeat the reason of a rollback. Everything else is tried again. */
function weigh(outcome: Outcome): Outcome {
  const { kind, status = 0, text } = outcome;
  if (kind === 'success' || (status >= 200 && status < 300)) return SUCCESS;
  return kind === 'error' ? outcome : { kind: 'error', status, text };
}
