import { Client } from 'undici';
import type { HttpCallRequest, WhenDone } from './http-call';
import type { HttpConnection } from './http-connection';
import { undiciCall } from './undici-call';

/** The deadline of a call is kept by the call itself: undici's own timers only tick once a second. */
const OPTIONS = { headersTimeout: 0, bodyTimeout: 0 };

/** A connection to an https origin, by undici: beside what encryption costs its own work does not count. */
export class TlsConnection implements HttpConnection {
  private readonly client: Client;

  /** @param origin scheme, host and port */
  constructor(origin: string) {
    this.client = new Client(origin, OPTIONS);
  }

  call(request: HttpCallRequest, done: WhenDone): void {
    undiciCall(this.client, request, done);
  }

  /** undici does so itself. */
  endIfIdle(): boolean {
    return false;
  }

  close(): void {
    void this.client.close();
  }

  async destroy(): Promise<void> {
    await this.client.destroy();
  }
}
