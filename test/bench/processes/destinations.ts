import { createServer, type RequestListener } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Server } from 'node:net';
import { LIVING, type DestinationAddresses, type DestinationProgress } from '../isolation/destinations';
import { answerSuccess, listen } from './listen';

/*
 * The services that due transactions call: living ones that answer success at once, and one that takes connections and
 * never answers. `GET /addresses` tells where they are, `GET /progress` how far the living ones have come.
 */

let calls = 0;
let firstAtMs = 0;
let lastAtMs = 0;

const living: RequestListener = (request, response) => {
  request.resume();
  lastAtMs = performance.now();
  if (calls === 0) firstAtMs = lastAtMs;
  calls += 1;
  answerSuccess(response);
};

async function main(): Promise<void> {
  const addresses: DestinationAddresses = {
    living: await Promise.all(Array.from({ length: LIVING }, () => opened(createServer(living)))),
    // Connections that nobody reads from: requests fit into the buffers of the kernel.
    silent: await opened(createSocketServer({ pauseOnConnect: true }, (socket) => socket.on('error', () => {}))),
  };
  listen('destinations', (request, response) => {
    const progress: DestinationProgress = { calls, elapsedMs: lastAtMs - firstAtMs };
    response.end(JSON.stringify(request.url === '/addresses' ? addresses : progress));
  });
}

function opened(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

void main();
