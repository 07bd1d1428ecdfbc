import { OPS, RESERVED_BRANCH_ID } from '@nestjs-dtx/protocol';
import { REST, type BranchCall, type Decision } from '../decision';
import { isReady, pause } from '../pace';
import { untilTimeout } from '../prepared';
import { callKey, type Instant, type TransactionState } from '../state';
import { delayMs } from './delay';

const NO_PAYLOAD = new Uint8Array(0);

/**
 * The next step of a 2-phase message (spec 5.4). Prepared and timed out, its sender is asked whether the local transaction
 * was committed; submitted, its branches are called until each has succeeded. A branch cannot refuse any more.
 */
export function decideMsg(state: TransactionState, now: Instant): Decision {
  if (state.status === 'prepared') return untilTimeout(state, now) ?? checkBack(state, now);
  return state.status === 'submitted' ? deliver(state, now) : REST;
}

function checkBack(state: TransactionState, now: Instant): Decision {
  const call: BranchCall = {
    branchId: RESERVED_BRANCH_ID,
    op: OPS.msg,
    url: state.queryPrepared,
    payload: NO_PAYLOAD,
  };
  const known = state.calls.get(callKey(call));
  if (known?.phase === 'settled' && known.kind === 'success') return { do: 'change', to: 'submitted' };
  if (known?.phase === 'settled' && known.kind === 'failure') {
    return { do: 'change', to: 'failed', reason: state.failureReason };
  }
  return isReady(state, call, now) ? { do: 'call', calls: [call] } : pause(state, [call]);
}

function deliver(state: TransactionState, now: Instant): Decision {
  const start = state.createdAt + delayMs(state.customData);
  if (now < start) return { do: 'wait', until: start };
  const open: BranchCall[] = [];
  state.branches.forEach(({ branchId, op, url, payload, status }, row) => {
    if (op === OPS.action && status !== 'succeed') open.push({ branchId, op, url, payload, row });
  });
  if (open.length === 0) return { do: 'change', to: 'succeed' };
  const wanted = state.options.concurrent === true ? open : open.slice(0, 1);
  const ready = wanted.filter((call) => isReady(state, call, now));
  return ready.length > 0 ? { do: 'call', calls: ready } : pause(state, wanted);
}
