import { Pool } from 'undici';
import type { Answer, CoordinatorCall, CoordinatorLink, Silence } from './coordinator-link';
import type { CoordinatorUrl } from './coordinator-url';
import { lowerCased } from './lower-cased';
import { isNeverSent } from './never-sent';

/** @see CoordinatorConnection */
export interface ConnectionOptions {
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sockets at most; further requests wait for a free one. */
  readonly connections: number;
}

/** Single exchanges with one coordinator over kept-alive sockets. */
export class CoordinatorConnection implements CoordinatorLink {
  readonly carriesBytes = false;
  private readonly pool: Pool;
  private readonly headers: Readonly<Record<string, string>>;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly url: CoordinatorUrl,
    options: ConnectionOptions,
  ) {
    // undici's own timeouts would end a long wait for a result; each exchange brings its own.
    this.pool = new Pool(url.origin, { connections: options.connections, headersTimeout: 0, bodyTimeout: 0 });
    this.headers = { ...lowerCased(options.headers), accept: 'application/json' };
  }

  /** Base URL as it is really called. */
  get address(): string {
    return this.url.origin + this.url.basePath;
  }

  async exchange(call: CoordinatorCall, timeoutMs: number): Promise<Answer | Silence> {
    try {
      const { statusCode, headers, body } = await this.pool.request({
        path: (call.api === 'v2' ? this.url.v2Path : this.url.basePath) + call.path,
        method: call.method,
        // A type without a body is an error to strict servers.
        headers: call.body === undefined ? this.headers : { ...this.headers, 'content-type': 'application/json' },
        body: call.body === undefined ? null : JSON.stringify(call.body),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await body.text();
      const retryAfter = headers['retry-after'];
      return { answered: true, status: statusCode, body: text, ...(typeof retryAfter === 'string' && { retryAfter }) };
    } catch (error) {
      return { answered: false, cause: error as Error, mayHaveArrived: !isNeverSent(error) };
    }
  }

  get isClosed(): boolean {
    return this.closing !== undefined;
  }

  close(): Promise<void> {
    this.closing ??= this.pool.close();
    return this.closing;
  }
}
