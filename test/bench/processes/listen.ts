import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { endWithParent } from './end-with-parent';

const SUCCESS = Buffer.from('{"dtm_result":"SUCCESS"}');
const HEADERS = ['content-type', 'application/json', 'content-length', String(SUCCESS.length)];
/** Connections that wait for their lane's next turn must not be closed under the client. Milliseconds. */
const KEEP_ALIVE_MS = 10 * 60 * 1000;

/** Serves on a free loopback port and prints where, which is what the process that started this one waits for. */
export function listen(name: string, handle: RequestListener): void {
  endWithParent();
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handle);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    console.log(`${name} listening on http://127.0.0.1:${port}`);
  });
}

/** Answers a branch call: the cheapest that a real service can be. */
export function answerSuccess(response: ServerResponse): void {
  response.sendDate = false;
  response.writeHead(200, HEADERS).end(SUCCESS);
}
