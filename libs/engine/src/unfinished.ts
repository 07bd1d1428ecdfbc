import type { WaitResult } from './mode';
import type { TransactionState } from './state';

/** What every SDK is told of an outcome that is neither success nor failure; the address is part of the text (spec 4.6). */
const UNKNOWN_RESULT =
  'your http/grpc result should be specified as in:\nhttp://d.dtm.pub/practice/arch.html#proto\nunkown result will be retried: ';

/**
 * What a waiting client is told of a transaction whose second phase goes on without it (spec 2.6). A refusal that the mode
 * forbids is an error like any other: 409 would tell the client that everything was rolled back (Q4).
 *
 * @param ongoing the answer when a branch has said that it needs more time
 */
export function unfinished(state: TransactionState, ongoing: WaitResult): WaitResult {
  for (const call of state.calls.values()) {
    if (call.phase === 'settled' && call.kind === 'ongoing') return ongoing;
  }
  if (state.lastError === '') return ongoing;
  return { result: 'error', message: UNKNOWN_RESULT + withoutResultWords(state.lastError) };
}

/** SDKs look for these words in the text of any answer, and would take the error for a business result. */
function withoutResultWords(text: string): string {
  return text.replace(/FAILURE|ONGOING/g, (word) => word.toLowerCase());
}
