import type { HttpConnection } from './http-connection';
import { PlainConnection } from './plain/plain-connection';
import { TlsConnection } from './tls-connection';

/** Distance of the looks for connections that have been idle for too long. Milliseconds. */
const LOOK_MS = 2000;

/**
 * Connections to one origin, each for one call at a time. There is no queue: the destination limits the calls and lets them
 * wait.
 *
 * @see Destination
 */
export class HttpConnections {
  private readonly all = new Set<HttpConnection>();
  /** The one used last is used first, so that those which are not needed become idle long enough to be closed. */
  private readonly free: HttpConnection[] = [];
  private timer: NodeJS.Timeout | undefined;
  private destroyed = false;

  /** @param origin scheme, host and port */
  constructor(private readonly origin: string) {}

  /** Whether {@link destroy} was called: whoever waited for his turn until then comes too late. */
  get isDestroyed(): boolean {
    return this.destroyed;
  }

  /** @returns a connection that is made when it is first used; to be given back by {@link release} */
  take(): HttpConnection {
    return this.free.pop() ?? this.add();
  }

  /** @param answered whether the exchange has come to its end: if not, nobody can say what is still to come on this connection */
  release(connection: HttpConnection, answered: boolean): void {
    if (answered) {
      this.free.push(connection);
      this.lookLater();
      return;
    }
    this.all.delete(connection);
    void connection.destroy();
  }

  /** Ends those that are idle now, and all others with their call. */
  close(): void {
    clearTimeout(this.timer);
    for (const connection of this.all) connection.close();
  }

  /** Ends all of them; calls under way fail. */
  async destroy(): Promise<void> {
    this.destroyed = true;
    clearTimeout(this.timer);
    await Promise.all([...this.all].map((connection) => connection.destroy()));
  }

  private add(): HttpConnection {
    const connection = this.origin.startsWith('https:')
      ? new TlsConnection(this.origin)
      : new PlainConnection(this.origin);
    this.all.add(connection);
    return connection;
  }

  /** One timer for all, and none while nothing is idle. */
  private lookLater(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.endIdle() > 0) this.lookLater();
    }, LOOK_MS).unref();
  }

  /** @returns how many are still open */
  private endIdle(): number {
    return this.free.filter((connection) => connection.endIfIdle()).length;
  }
}
