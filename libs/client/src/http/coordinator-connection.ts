import { Pool } from 'undici';
import type { CoordinatorUrl } from './coordinator-url';
import { lowerCased } from './lower-cased';
import { isNeverSent } from './never-sent';

/** One request to the coordinator. */
export interface CoordinatorCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base path of the API, as `/submit`. */
  readonly path: string;
  /**
   * Which API: dtm's, or what this project's coordinators offer beyond it.
   * @default 'dtm'
   */
  readonly api?: 'dtm' | 'v2';
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
    this.headers = { ...lowerCased(options.headers), accept: 'application/json' };
  }

  /** @param timeoutMs for the whole exchange, connecting and body included */
  async exchange(call: CoordinatorCall, timeoutMs: number): Promise<Answer | Silence> {
    try {
      const { statusCode, headers, body } = await this.pool.request({
        path: (call.api === 'v2' ? this.url.v2Path : this.url.basePath) + call.path,
        method: call.method,
        // A type without a body is an error to strict servers.
        headers: call.body === undefined ? this.headers : { ...this.headers, 'content-type': 'application/json' },
        body: call.body ?? null,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await body.text();
      const retryAfter = headers['retry-after'];
      return { answered: true, status: statusCode, body: text, ...(typeof retryAfter === 'string' && { retryAfter }) };
    } catch (error) {
      return { answered: false, cause: error as Error, mayHaveArrived: !isNeverSent(error) };
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
