import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ScriptedService, until } from '@nestjs-dtx/testing';
import { LOCALHOST_TLS } from '../grpc/localhost-tls.spec-helper';
import type { HttpCallRequest, HttpCallResult } from './http-call';
import type { HttpConnection } from './http-connection';
import { PlainConnection } from './plain/plain-connection';
import { RawServer } from './raw-server.spec-helper';
import { TlsConnection } from './tls-connection';

const POST: HttpCallRequest = {
  path: '/out?gid=g',
  method: 'POST',
  payload: Buffer.from('{"note":"ä"}'),
  headers: ['x-tenant', 'acme'],
  timeoutMs: 5000,
};

function call(connection: HttpConnection, request: Partial<HttpCallRequest> = {}): Promise<HttpCallResult> {
  return new Promise((resolve) => connection.call({ ...POST, ...request }, resolve));
}

// What is used for https speaks plain HTTP as well, so both can be asked the same of the same servers.
describe.each([
  ['plain', PlainConnection],
  ['by a library', TlsConnection],
])('a connection, %s', (_name, Connection) => {
  let service: ScriptedService;
  let connection: HttpConnection;

  beforeEach(async () => {
    service = await ScriptedService.start();
    connection = new Connection(service.url);
  });

  afterEach(async () => {
    await connection.destroy();
    await service.stop();
  });

  test('carries path, headers and payload there, status and body back', async () => {
    service.script = () => ({ status: 425, body: 'später' });
    expect(await call(connection)).toEqual({ answered: true, status: 425, body: 'später' });
    const [received] = service.calls;
    expect(received).toMatchObject({ method: 'POST', url: '/out?gid=g', headers: { 'x-tenant': 'acme' } });
    expect(received!.body.toString()).toBe('{"note":"ä"}');
  });

  test('looks at the beginning of a large answer and is used again', async () => {
    service.script = () => ({ status: 200, body: 'x'.repeat(1_000_000) });
    for (let count = 0; count < 3; count += 1)
      expect(await call(connection, { maxAnswerBytes: 10 })).toEqual({
        answered: true,
        status: 200,
        body: 'xxxxxxxxxx',
      });
    expect(service.connections).toBe(1);
  });

  test('tells that the time is over, and that nobody listens', async () => {
    service.script = () => new Promise(() => {});
    expect(await call(connection, { timeoutMs: 30 })).toEqual({ answered: false, reason: 'no answer within 30 ms' });
    await connection.destroy();
    await service.stop();
    connection = new Connection(service.url);
    expect(await call(connection)).toEqual({ answered: false, reason: expect.stringContaining('ECONNREFUSED') });
  });

  test('tells that an answer was cut off', async () => {
    const raw = await RawServer.start((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nSUCC'));
    const other = new Connection(new URL(raw.url).origin);
    expect(await call(other)).toMatchObject({ answered: false });
    await other.destroy();
    await raw.stop();
  });

  test('tells of a request that cannot be sent, and does not throw', async () => {
    expect(await call(connection, { headers: ['x', 'a\r\nb: c'] })).toMatchObject({ answered: false });
    expect(service.calls).toHaveLength(0);
  });

  test('fails its call when it is destroyed', async () => {
    service.script = () => new Promise(() => {});
    const failing = call(connection);
    await service.received(1);
    await connection.destroy();
    expect(await failing).toMatchObject({ answered: false });
  });

  test('closed during a call ends after it', async () => {
    let open = 0;
    service.onConnection((socket) => {
      open += 1;
      socket.once('close', () => (open -= 1));
    });
    const ending = call(connection);
    await service.received(1);
    connection.close();
    expect(await ending).toMatchObject({ answered: true });
    await until(() => open === 0);
  });
});

test('a connection to https wants a certificate that the system trusts', async () => {
  const server = createServer(LOCALHOST_TLS, (_request, response) => response.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = new TlsConnection(`https://localhost:${(server.address() as AddressInfo).port}`);
  expect(await call(connection)).toEqual({ answered: false, reason: expect.stringMatching(/self-signed/i) });
  await connection.destroy();
  server.close();
});
