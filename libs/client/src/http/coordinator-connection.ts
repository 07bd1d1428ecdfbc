import { Pool } from 'undici';
import type { CoordinatorUrl } from './coordinator-url';

/** One request to the coordinator. */
export interface CoordinatorCall {
  readonly method: 'GET' | 'POST';
  /** Below the API's base path, as `/submit`. */
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
}

/** An answer, whatever its status. */
export interface Answer {
  readonly answered: true;
  readonly status: number;
  readonly body: string;
  /** The `retry-after` header as it came. */
  readonly retryAfter?: string;
}

/** No answer. */
export interface Silence {
  readonly answered: false;
  readonly cause: Error;
  /** False if the request has certainly not reached the coordinator. */
  readonly mayHaveArrived: boolean;
}

/** @see CoordinatorConnection */
export interface ConnectionOptions {
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sockets at most; further requests wait for a free one. */
  readonly connections: number;
}

/** Errors that come before a request is written. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
]);

/** Single exchanges with one coordinator over kept-alive sockets. */
export class CoordinatorConnection {
  private readonly pool: Pool;
  private readonly headers: Readonly<Record<string, string>>;
  private closing: Promise<void> | undefined;

  constructor(
    readonly url: CoordinatorUrl,
    options: ConnectionOptions,
  ) {
    // undici's own timeouts would end a long wait for a result; each exchange brings its own.
    this.pool = new Pool(url.origin, { connections: options.connections, headersTimeout: 0, bodyTimeout: 0 });
    this.headers = { ...lowerCased(options.headers), accept: 'application/json', 'content-type': 'application/json' };
  }

  /** @param timeoutMs for the whole exchange, connecting and body included */
  async exchange(call: CoordinatorCall, timeoutMs: number): Promise<Answer | Silence> {
    try {
      const { statusCode, headers, body } = await this.pool.request({
        path: this.url.basePath + call.path,
        method: call.method,
        headers: this.headers,
        body: call.body ?? null,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await body.text();
      const retryAfter = headers['retry-after'];
      return { answered: true, status: statusCode, body: text, ...(typeof retryAfter === 'string' && { retryAfter }) };
    } catch (error) {
      const { code } = error as { code?: string };
      return { answered: false, cause: error as Error, mayHaveArrived: code === undefined || !NEVER_SENT.has(code) };
    }
  }

  /** @returns whether {@link close} was called: no exchange will succeed any more. */
  get isClosed(): boolean {
    return this.closing !== undefined;
  }

  /** Lets the exchanges under way end, then closes the sockets. */
  close(): Promise<void> {
    this.closing ??= this.pool.close();
    return this.closing;
  }
}

/** One spelling per header: otherwise a caller's `Accept` would go out beside ours. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
