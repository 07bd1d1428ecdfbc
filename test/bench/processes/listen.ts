import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Connections that wait for their lane's next turn must not be closed under the client. Milliseconds. */
const KEEP_ALIVE_MS = 10 * 60 * 1000;

/** Serves on a free loopback port and prints where, which is what the process that started this one waits for. */
export function listen(name: string, handle: RequestListener): void {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handle);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    console.log(`${name} listening on http://127.0.0.1:${port}`);
  });
}
