import { OPS, RESULTS } from '@nestjs-dtx/protocol';
import type { Mode, WaitResult } from '../mode';
import type { TransactionState } from '../state';
import { unfinished } from '../unfinished';
import { acceptMsg } from './accept';
import { decideMsg } from './decide';

/** A message that is delivered if and only if the sender's local transaction was committed (spec 5.4). */
export const msgMode: Mode = {
  transType: 'msg',
  accept: acceptMsg,
  decide: decideMsg,
  mayFail: (call) => call.op === OPS.msg,
  answer: answerMsg,
};

/** An unfinished message is answered 409 as an unfinished saga is, which every SDK expects (spec 2.6; Q3 as decided there). */
function answerMsg(state: TransactionState): WaitResult {
  if (state.status === 'succeed') return { result: 'success' };
  return unfinished(state, { result: 'failure', message: `wait result not return success: ${RESULTS.failure}` });
}
