import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServerAddress, ServerName } from './server-kind';

/** Where the broker of this test run listens. Worker processes inherit it. */
const VARIABLE = 'DTX_TEST_SERVER_BROKER';

/**
 * Lets all processes of a test run share one server of each kind, which is started when the first of them asks for it.
 * Runs in the process that outlives the workers.
 */
export class ServerBroker {
  private readonly addresses = new Map<string, Promise<ServerAddress>>();
  private readonly server: Server;

  /** @param provide starts a server */
  constructor(private readonly provide: (name: ServerName) => Promise<ServerAddress>) {
    this.server = createServer((request, response) => void this.answer(request.url?.slice(1) as ServerName, response));
  }

  async open(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    process.env[VARIABLE] = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    delete process.env[VARIABLE];
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    await Promise.allSettled(this.addresses.values());
  }

  private async answer(name: ServerName, response: ServerResponse): Promise<void> {
    try {
      const address = this.addresses.get(name) ?? this.provide(name);
      this.addresses.set(name, address);
      response.end(JSON.stringify(await address));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  }
}

/** @returns the server that this test run shares; `undefined` outside a test run. @throws Error when it cannot be started */
export async function brokeredServer(name: ServerName): Promise<ServerAddress | undefined> {
  const url = process.env[VARIABLE];
  if (url === undefined) return undefined;
  const reply = await fetch(`${url}/${name}`);
  if (!reply.ok) throw new Error(await reply.text());
  return (await reply.json()) as ServerAddress;
}
