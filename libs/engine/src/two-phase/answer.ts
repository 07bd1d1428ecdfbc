import { RESULTS, withResultWord } from '@nestjs-dtx/protocol';
import type { WaitResult } from '../mode';
import type { TransactionState } from '../state';
import { unfinished } from '../unfinished';

/** What a client that waits for the second phase is told (spec 2.6). */
export function answerTwoPhase(state: TransactionState, asked: 'submit' | 'abort'): WaitResult {
  switch (state.status) {
    case 'succeed':
      return { result: 'success' };
    case 'failed':
      if (asked === 'abort') return { result: 'success' };
      return {
        result: 'failure',
        message: withResultWord(state.rollbackReason || 'the transaction was stopped', RESULTS.failure),
      };
    default:
      return unfinished(state, { result: 'ongoing' });
  }
}
