import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/**
 * @returns a loopback port that is free now. Only for what cannot report the port it chose itself, and for addresses at
 * which nobody shall answer: between this call and its use another process might take it.
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
