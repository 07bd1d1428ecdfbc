import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { until } from '@nestjs-dtx/testing';
import type { HttpCallRequest, HttpCallResult } from '../http-call';
import { RawServer } from '../raw-server.spec-helper';
import { PlainConnection } from './plain-connection';

const POST: HttpCallRequest = {
  path: '/out',
  method: 'POST',
  payload: Buffer.from('{}'),
  headers: [],
  timeoutMs: 5000,
};

const ok = (body: string, headers = ''): string =>
  `HTTP/1.1 200 OK\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;

describe('a plain connection', () => {
  let server: RawServer;
  let connection: PlainConnection;
  let answer: (socket: Socket) => void;
  const ends: (() => unknown)[] = [];

  beforeEach(async () => {
    answer = (socket) => socket.write(ok('SUCCESS'));
    server = await RawServer.start((socket) => answer(socket));
    connection = new PlainConnection(new URL(server.url).origin);
  });

  afterEach(async () => {
    await connection.destroy();
    await server.stop();
    await Promise.all(ends.splice(0).map((end) => end()));
  });

  function call(request: Partial<HttpCallRequest> = {}): Promise<HttpCallResult> {
    return new Promise((resolve) => connection.call({ ...POST, ...request }, resolve));
  }

  const answeredWith = (body: string) => ({ answered: true, status: 200, body });

  test('is used again and again', async () => {
    for (let count = 0; count < 5; count += 1) expect(await call()).toEqual(answeredWith('SUCCESS'));
    expect(server.connections).toBe(1);
  });

  test.each([
    ['says that it ends', () => ok('x', 'connection: close\r\n')],
    ['does not say how long it is', () => 'HTTP/1.1 200 OK\r\n\r\nx'],
    ['is followed by more', () => `${ok('x')}${ok('FAILURE')}`],
  ])('is not used again after an answer that %s', async (_what, text) => {
    answer = (socket) => (text().includes('length') ? socket.write(text()) : socket.end(text()));
    expect(await call()).toEqual(answeredWith('x'));
    expect(await call()).toEqual(answeredWith('x'));
    expect(server.connections).toBe(2);
  });

  test('takes nothing that came between two calls for the answer to the second', async () => {
    answer = (socket) => {
      socket.write(ok('FIRST'));
      setTimeout(() => socket.write(ok('STALE')), 5);
      answer = (next) => next.write(ok('SECOND'));
    };
    expect(await call()).toEqual(answeredWith('FIRST'));
    await until(() => server.closed === 1);
    expect(await call()).toEqual(answeredWith('SECOND'));
  });

  test('takes no body that comes behind an answer without one for the next answer', async () => {
    answer = (socket) => {
      socket.write('HTTP/1.1 204 No Content\r\ncontent-length: 4\r\n\r\n');
      setTimeout(() => socket.destroyed || socket.write(ok('STALE')), 5);
      answer = (next) => setTimeout(() => next.write(ok('SECOND')), 20);
    };
    expect(await call()).toMatchObject({ answered: true, status: 204 });
    expect(await call()).toEqual(answeredWith('SECOND'));
  });

  test('looks at what has arrived before it sends, even if the reason to send has arrived first', async () => {
    expect(await call()).toEqual(answeredWith('SUCCESS'));
    answer = (socket) => socket.write(ok('SECOND'));
    const [stale] = server.sockets;
    const reasons = await RawServer.start(() => {});
    const reason = connect(Number(new URL(reasons.url).port), '127.0.0.1');
    ends.push(
      () => reason.destroy(),
      () => reasons.stop(),
    );
    await until(() => reasons.sockets.size === 1);
    const second = new Promise((resolve) => reason.once('data', () => connection.call(POST, resolve)));
    // Both are there, in this order, when the event loop looks at its sockets again.
    for (const socket of reasons.sockets) socket.write('now');
    stale!.write(ok('STALE'));
    block(50);
    expect(await second).toEqual(answeredWith('SECOND'));
    expect(server.connections).toBe(2);
  });

  test('connects anew, without failing the call, when the server has ended it meanwhile', async () => {
    answer = (socket) => {
      socket.write(ok('SUCCESS'));
      setTimeout(() => socket.end(), 5);
    };
    expect(await call()).toEqual(answeredWith('SUCCESS'));
    await until(() => server.closed === 1);
    expect(await call()).toEqual(answeredWith('SUCCESS'));
    expect(server.connections).toBe(2);
  });

  test('is not used beyond the time that the server keeps it', async () => {
    answer = (socket) => socket.write(ok('SUCCESS', 'keep-alive: timeout=2\r\n'));
    await call();
    await call();
    expect(server.connections).toBe(2);
  });

  test('sends large payloads byte by byte as they are', async () => {
    const payload = Buffer.alloc(300_000, Buffer.from([0, 128, 255, 10, 13]));
    const whole = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => response.end(String(Buffer.concat(chunks).equals(payload))));
    });
    ends.push(() => whole.close());
    const origin = await listening(whole);
    const other = new PlainConnection(origin);
    ends.push(() => other.destroy());
    const result = await new Promise((resolve) => other.call({ ...POST, payload }, resolve));
    expect(result).toEqual(answeredWith('true'));
  });

  test('is not used again when the answer came before the request was sent', async () => {
    answer = (socket) => {
      socket.pause();
      answer = () => {};
      socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n');
    };
    expect(await call({ payload: Buffer.alloc(50_000_000) })).toMatchObject({ answered: true, status: 413 });
    answer = (socket) => socket.write(ok('SUCCESS'));
    expect(await call()).toEqual(answeredWith('SUCCESS'));
    expect(server.connections).toBe(2);
  });

  test('finds the answer that came in time while this process stood still', async () => {
    await call();
    answer = () => {};
    const late = call({ timeoutMs: 30 });
    await until(() => server.requests === 2);
    // From here the event loop comes by its timers before it comes by its sockets.
    await new Promise(setImmediate);
    const [socket] = server.sockets;
    socket!.write(ok('IN TIME'));
    block(60);
    expect(await late).toEqual(answeredWith('IN TIME'));
  });

  test('does not keep the process while it is idle', async () => {
    const held = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    await until(() => held() === 0);
    await call();
    // The server's side of it is in this process too, and the only one that is held.
    expect(server.sockets.size).toBe(1);
    expect(held()).toBe(1);
  });

  test('tells the end of a call once, whatever comes after it', async () => {
    answer = (socket) => setTimeout(() => socket.destroyed || socket.write(ok('LATE')), 60);
    const results: HttpCallResult[] = [];
    connection.call({ ...POST, timeoutMs: 20 }, (result) => results.push(result));
    await until(() => server.closed === 1);
    await connection.destroy();
    expect(results).toEqual([{ answered: false, reason: 'no answer within 20 ms' }]);
  });

  test('does not send what would become another request', async () => {
    expect(await call({ headers: ['x', 'a\r\n\r\nGET / HTTP/1.1'] })).toEqual({
      answered: false,
      reason: 'the value of the header x cannot be sent',
    });
    expect(server.connections).toBe(0);
  });

  test('tells why a name cannot be reached, by every address', async () => {
    connection = new PlainConnection('http://localhost:1');
    expect(await call()).toEqual({ answered: false, reason: expect.stringContaining('ECONNREFUSED') });
  });

  test('to an IPv6 address has its brackets in the host only', async () => {
    const local6 = createServer((request, response) => response.end(request.headers.host));
    ends.push(() => local6.close());
    const origin = await listening(local6, '::1');
    const other = new PlainConnection(origin);
    ends.push(() => other.destroy());
    const result = await new Promise((resolve) => other.call(POST, resolve));
    expect(result).toEqual(answeredWith(new URL(origin).host));
  });
});

async function listening(server: Server, host = '127.0.0.1'): Promise<string> {
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
