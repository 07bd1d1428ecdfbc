import { Pool } from 'undici';
import { undiciCall } from '../dispatch/http/undici-call';
import type { Alert } from './alert';

/** Where alerts go, one at a time. */
export interface AlertSender {
  /** @returns why it was not taken, `undefined` if it was. Never rejects. */
  send(alert: Alert): Promise<string | undefined>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** POSTs alerts as JSON to a web hook. Any 2xx means that it was taken; redirects are not followed. */
export class HttpAlertSender implements AlertSender {
  private readonly pool: Pool;
  private readonly path: string;
  private readonly headers: readonly string[];

  /**
   * @param url http(s); credentials in it are sent as basic authentication
   * @param timeoutMs of one try
   */
  constructor(
    url: string,
    private readonly timeoutMs: number,
  ) {
    const target = new URL(url);
    this.pool = new Pool(target.origin, { connections: 1, headersTimeout: 0, bodyTimeout: 0 });
    this.path = target.pathname + target.search;
    this.headers = Object.entries({ 'content-type': 'application/json', ...credentials(target) }).flat();
  }

  send(alert: Alert): Promise<string | undefined> {
    const payload = Buffer.from(JSON.stringify(alert));
    const { path, headers, timeoutMs } = this;
    return new Promise((resolve) => {
      undiciCall(this.pool, { method: 'POST', path, payload, headers, timeoutMs }, (result) => {
        if (!result.answered) resolve(result.reason);
        else resolve(result.status >= 200 && result.status < 300 ? undefined : `status ${result.status}`);
      });
    });
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

function credentials({ username, password }: URL): { authorization?: string } {
  if (username === '' && password === '') return {};
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}
