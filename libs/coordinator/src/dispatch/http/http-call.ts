import type { Dispatcher, Pool } from 'undici';

/** What came back: an answer with the beginning of its body, or the reason why there was none. */
export type HttpCallResult =
  | { readonly answered: true; readonly status: number; readonly body: string }
  | { readonly answered: false; readonly reason: string };

/** @see httpCall */
export interface HttpCallRequest {
  readonly path: string;
  readonly payload: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  /** Covers the whole exchange, connecting and body included. Milliseconds. */
  readonly timeoutMs: number;
}

/** Bytes of a response body that are looked at; the rest is read and dropped, so that the connection stays usable. */
const MAX_BODY = 64 * 1024;

/**
 * One exchange over a pool, on undici's lowest level: a handler object costs a fraction of the promise-and-stream API, and
 * this runs twice per transaction.
 */
export function httpCall(pool: Pool, request: HttpCallRequest): Promise<HttpCallResult> {
  return new Promise((resolve) => {
    const exchange = new Exchange(request.timeoutMs, resolve);
    const post = request.payload.byteLength > 0;
    pool.dispatch(
      {
        path: request.path,
        method: post ? 'POST' : 'GET',
        headers: request.headers as Record<string, string>,
        body: post ? request.payload : null,
      },
      exchange,
    );
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  private readonly timer: NodeJS.Timeout;
  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private done = false;

  constructor(
    private readonly timeoutMs: number,
    private readonly resolve: (result: HttpCallResult) => void,
  ) {
    this.timer = setTimeout(() => this.expire(), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.done) controller.abort(new Error('timed out before it was sent'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.size >= MAX_BODY) return;
    this.chunks.push(chunk);
    this.size += chunk.length;
  }

  onResponseEnd(): void {
    this.finish({ answered: true, status: this.status, body: this.body() });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.finish({ answered: false, reason: describe(error) });
  }

  private expire(): void {
    this.finish({ answered: false, reason: `no answer within ${this.timeoutMs} ms` });
    this.controller?.abort(new Error('timed out'));
  }

  private finish(result: HttpCallResult): void {
    if (this.done) return;
    this.done = true;
    clearTimeout(this.timer);
    this.resolve(result);
  }

  private body(): string {
    const only = this.chunks.length === 1 ? this.chunks[0] : undefined;
    const bytes = only ?? Buffer.concat(this.chunks);
    return bytes.toString('utf8', 0, Math.min(bytes.length, MAX_BODY));
  }
}

function describe(error: Error): string {
  const { code } = error as { code?: string };
  // Several addresses tried and refused come as one error whose own text is empty.
  const text = error.message || (error instanceof AggregateError ? error.errors.map(String).join(', ') : error.name);
  return code && !text.includes(code) ? `${code}: ${text}` : text;
}
