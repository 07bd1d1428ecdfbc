import { OPS, RESULTS, withResultWord } from '@nestjs-dtx/protocol';
import type { Mode, WaitResult } from '../mode';
import type { TransactionState } from '../state';
import { acceptSaga } from './accept';
import { decideSaga } from './decide';

/** Steps with compensations, in sequence or along a graph (spec 5.1). */
export const sagaMode: Mode = {
  transType: 'saga',
  accept: acceptSaga,
  decide: decideSaga,
  mayFail: (call) => call.op === OPS.action,
  answer: answerSaga,
};

/** An unfinished saga is answered 409, as every SDK expects of it (Q3 decided, SAGA-24). */
function answerSaga(state: TransactionState): WaitResult {
  if (state.status === 'succeed') return { result: 'success' };
  if (state.rollbackReason !== '') {
    return { result: 'failure', message: withResultWord(state.rollbackReason, RESULTS.failure) };
  }
  return { result: 'failure', message: `wait result not return success: ${RESULTS.failure}` };
}
