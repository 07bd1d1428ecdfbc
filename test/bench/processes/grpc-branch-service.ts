import { createServer as createHttpServer } from 'node:http';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { endWithParent } from './end-with-parent';

/*
 * The branch service over gRPC: every method answers OK with an empty message at once. `GET /calls`, on a port of its own and
 * over HTTP, tells how many branches it has been called for.
 */

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };
const TRAILERS = { 'grpc-status': '0' };
const EMPTY_MESSAGE = Buffer.alloc(5);

let calls = 0;

function answer(stream: ServerHttp2Stream): void {
  calls += 1;
  stream.resume();
  stream.on('error', () => undefined);
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(TRAILERS));
  stream.end(EMPTY_MESSAGE);
}

endWithParent();
const counter = createHttpServer((_request, response) => response.end(String(calls)));
const service = createServer();
service.on('stream', answer);
service.listen(0, '127.0.0.1', () =>
  counter.listen(0, '127.0.0.1', () => {
    const [http, grpc] = [counter, service].map((server) => (server.address() as AddressInfo).port);
    console.log(`grpc branch service listening on http://127.0.0.1:${http} and grpc://127.0.0.1:${grpc} `);
  }),
);
