import { setTimeout } from 'node:timers/promises';
import { Client, type Dispatcher } from 'undici';

/** A lane that hangs must not hang the measurement. Milliseconds. */
const TIMEOUT_MS = 15_000;
/** As long as any bench: a connection of a lane that waits for its turn stays open. Milliseconds. */
const KEEP_ALIVE_MS = 60 * 60 * 1000;

/** The greetings come all at once, and what they leave behind must not meet the first sagas. Milliseconds. */
const SETTLE_MS = 100;

/** Changes nothing anywhere; whether there is such an address does not matter. */
const GREETING: Dispatcher.RequestOptions = { path: '/', method: 'GET' };

/**
 * Connections by server, kept from one measurement to the next. Made anew each time, they would be set up while the first
 * sagas of a measurement wait: a few dozen of them, which is just the slowest hundredth of a short one.
 */
export class Connections {
  private readonly byServer = new Map<string, Client[]>();

  /**
   * @param server base URL
   * @returns so many connections, each of them open and in use by nobody
   * @throws Error when the server cannot be reached
   */
  async open(server: string, count: number): Promise<readonly Client[]> {
    const kept = this.byServer.get(server) ?? [];
    this.byServer.set(server, kept);
    while (kept.length < count) kept.push(connection(server));
    const clients = kept.slice(0, count);
    await Promise.all(clients.map(opened));
    await setTimeout(SETTLE_MS);
    return clients;
  }

  async close(): Promise<void> {
    const clients = [...this.byServer.values()].flat();
    this.byServer.clear();
    await Promise.all(clients.map((client) => client.destroy()));
  }
}

function connection(server: string): Client {
  return new Client(server, {
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
  });
}

/** The server may have closed a connection that was idle for long; it is made again here and not under the load. */
const opened = (client: Client): Promise<void> => greet(client).catch(() => greet(client));

async function greet(client: Client): Promise<void> {
  const { body } = await client.request(GREETING);
  await body.dump();
}
