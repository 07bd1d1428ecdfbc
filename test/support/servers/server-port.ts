import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections (Linux 32768, macOS 49152). */
const [FIRST, LAST] = [20_000, 30_000];
const ATTEMPTS = 50;

/**
 * @returns a free loopback port that stays free while the server that has it is down: clients that try to reach it then
 * are given local ports elsewhere. One of those would keep it from coming back, or a client would be connected to itself.
 */
export async function serverPort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port found between ${FIRST} and ${LAST}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}
