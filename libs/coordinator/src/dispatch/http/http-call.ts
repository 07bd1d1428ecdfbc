import type { Dispatcher } from 'undici';

/** What came back: an answer with the beginning of its body, or the reason why there was none. */
export type HttpCallResult =
  | { readonly answered: true; readonly status: number; readonly body: string }
  | { readonly answered: false; readonly reason: string };

/** @see httpCall */
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
const MAX_ANSWER = 64 * 1024;

/**
 * One exchange, on undici's lowest level and with a callback: a handler object costs a fraction of the
 * promise-and-stream API, and this runs twice per transaction.
 *
 * @param via connection or pool of connections
 * @param done called exactly once
 */
export function httpCall(via: Dispatcher, request: HttpCallRequest, done: (result: HttpCallResult) => void): void {
  const exchange = new Exchange(request, done);
  try {
    via.dispatch(
      {
        path: request.path,
        method: request.method,
        headers: request.headers as string[],
        body: request.method === 'POST' ? request.payload : null,
      },
      exchange,
    );
  } catch (error) {
    // undici throws on what it cannot send at all; for the transaction that is one more call without an answer.
    exchange.onError(error instanceof Error ? error : new Error(String(error)));
  }
}

/**
 * Callbacks of one exchange. They are undici's older ones (its types call them deprecated): the newer take an object for the
 * controller and parse headers and trailers into two more, none of which is looked at here.
 */
class Exchange implements Dispatcher.DispatchHandler {
  private readonly timeoutMs: number;
  private readonly maxAnswerBytes: number;
  private readonly timer: NodeJS.Timeout;
  private abort: ((error?: Error) => void) | undefined;
  private status = 0;
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private done = false;

  constructor(
    { timeoutMs, maxAnswerBytes = MAX_ANSWER }: HttpCallRequest,
    private readonly whenDone: (result: HttpCallResult) => void,
  ) {
    this.timeoutMs = timeoutMs;
    this.maxAnswerBytes = maxAnswerBytes;
    this.timer = setTimeout(() => this.expire(), timeoutMs);
  }

  onConnect(abort: (error?: Error) => void): void {
    this.abort = abort;
    if (this.done) abort(new Error('timed out before it was sent'));
  }

  onHeaders(status: number): boolean {
    this.status = status;
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.size < this.maxAnswerBytes) {
      this.chunks.push(chunk);
      this.size += chunk.length;
    }
    return true;
  }

  onComplete(): void {
    this.finish({ answered: true, status: this.status, body: this.body() });
  }

  onError(error: Error): void {
    this.finish({ answered: false, reason: describe(error) });
  }

  private expire(): void {
    this.finish({ answered: false, reason: `no answer within ${this.timeoutMs} ms` });
    this.abort?.(new Error('timed out'));
  }

  private finish(result: HttpCallResult): void {
    if (this.done) return;
    this.done = true;
    clearTimeout(this.timer);
    this.whenDone(result);
  }

  private body(): string {
    const only = this.chunks.length === 1 ? this.chunks[0] : undefined;
    const bytes = only ?? Buffer.concat(this.chunks);
    return bytes.toString('utf8', 0, Math.min(bytes.length, this.maxAnswerBytes));
  }
}

function describe(error: Error): string {
  const { code } = error as { code?: string };
  // Several addresses tried and refused come as one error whose own text is empty.
  const text = error.message || (error instanceof AggregateError ? error.errors.map(String).join(', ') : error.name);
  return code && !text.includes(code) ? `${code}: ${text}` : text;
}
