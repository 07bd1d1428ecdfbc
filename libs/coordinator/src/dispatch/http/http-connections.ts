import { Client } from 'undici';

/** The deadline of a call is kept by the call itself: undici's own timers only tick once a second. */
const OPTIONS = { headersTimeout: 0, bodyTimeout: 0 };

/**
 * Connections to one origin, each for one call at a time. undici's pool can do more, a queue above all, and looks after that at
 * every call: a seventh of what a call costs. Here it is the destination that limits the calls and lets them wait.
 *
 * @see Destination
 */
export class HttpConnections {
  private readonly all = new Set<Client>();
  /** The one used last is used first, so that those which are not needed become idle long enough to be closed. */
  private readonly free: Client[] = [];

  /** @param origin scheme, host and port */
  constructor(private readonly origin: string) {}

  /** @returns a connection that is made when it is first used; to be given back by {@link release} */
  take(): Client {
    return this.free.pop() ?? this.add();
  }

  /** @param answered whether the exchange has come to its end: if not, nobody can say what is still to come on this connection */
  release(client: Client, answered: boolean): void {
    if (answered) {
      this.free.push(client);
      return;
    }
    this.all.delete(client);
    void client.destroy();
  }

  /** Ends those that are idle now, and all others with their call. */
  async close(): Promise<void> {
    await Promise.all([...this.all].map((client) => client.close()));
  }

  /** Ends all of them; calls under way fail. */
  async destroy(): Promise<void> {
    await Promise.all([...this.all].map((client) => client.destroy()));
  }

  private add(): Client {
    const client = new Client(this.origin, OPTIONS);
    this.all.add(client);
    return client;
  }
}
