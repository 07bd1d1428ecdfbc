/** What came back: an answer with the beginning of its body, or the reason why there was none. */
export type HttpCallResult =
  | { readonly answered: true; readonly status: number; readonly body: string }
  | { readonly answered: false; readonly reason: string };

/** Told the result of a call, exactly once. */
export type WhenDone = (result: HttpCallResult) => void;

/** One exchange. */
export interface HttpCallRequest {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly payload: Uint8Array;
  /** Names and values by turns, the names in lower case. */
  readonly headers: readonly string[];
  /** Covers the whole exchange, connecting and body included. Milliseconds. */
  readonly timeoutMs: number;
  /** Bytes of the answer's body that are looked at; the rest is read and dropped, so that the connection stays usable. */
  readonly maxAnswerBytes?: number;
}

/** Default of {@link HttpCallRequest.maxAnswerBytes}. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** Why a call has no answer: its time is over. */
export function timedOut({ timeoutMs }: HttpCallRequest): string {
  return `no answer within ${timeoutMs} ms`;
}

/** The same when there was not even a connection: nobody can have received it. */
export function notConnected({ timeoutMs }: HttpCallRequest): string {
  return `no connection within ${timeoutMs} ms`;
}

/** Why a call has no answer, with the error's code. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: string };
  // Several addresses tried and refused come as one error whose own text is empty.
  const text = error.message || (error instanceof AggregateError ? error.errors.map(String).join(', ') : error.name);
  return code && !text.includes(code) ? `${code}: ${text}` : text;
}
