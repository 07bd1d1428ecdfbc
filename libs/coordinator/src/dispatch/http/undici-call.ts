import type { Dispatcher } from 'undici';
import {
  MAX_ANSWER_BYTES,
  describeError,
  timedOut,
  type HttpCallRequest,
  type HttpCallResult,
  type WhenDone,
} from './http-call';

/**
 * One exchange by undici, on its lowest level and with a callback: a handler object costs a fraction of the
 * promise-and-stream API.
 *
 * @param via connection or pool of connections
 * @param done called exactly once
 */
export function undiciCall(via: Dispatcher, request: HttpCallRequest, done: WhenDone): void {
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
    exchange.onError(error);
  }
}

/**
 * Callbacks of one exchange. They are undici's older ones (its types call them deprecated): the newer take an object for the
 * controller and parse headers and trailers into two more, none of which is looked at here.
 */
class Exchange implements Dispatcher.DispatchHandler {
  private readonly timer: NodeJS.Timeout;
  private readonly maxAnswerBytes: number;
  private abort: ((error?: Error) => void) | undefined;
  private status = 0;
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private done = false;

  constructor(
    private readonly request: HttpCallRequest,
    private readonly whenDone: WhenDone,
  ) {
    this.maxAnswerBytes = request.maxAnswerBytes ?? MAX_ANSWER_BYTES;
    this.timer = setTimeout(() => this.expire(), request.timeoutMs);
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

  onError(error: unknown): void {
    this.finish({ answered: false, reason: describeError(error) });
  }

  private expire(): void {
    this.finish({ answered: false, reason: timedOut(this.request) });
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
