import { ManualClock, ScriptedService, until } from '@nestjs-dtx/testing';
import type { DispatchRequest, DispatchResult } from '../dispatch';
import { HttpTransport } from './http-transport';
import { PlainEncoding } from './plain-encoding';
import { RawServer } from './raw-server.spec-helper';

const LIMITS = { concurrency: 4, queue: 4, breakerThreshold: 100, breakerOpenMaxMs: 5000 };
const PLAIN = new PlainEncoding({ substring: true });

describe('a branch call that gets no answer', () => {
  let transport: HttpTransport;
  let server: RawServer | undefined;

  beforeEach(() => {
    transport = new HttpTransport(LIMITS, new ManualClock());
  });

  afterEach(async () => {
    await transport.close();
    await server?.stop();
    server = undefined;
  });

  function call(url: string, timeoutMs = 5000): Promise<DispatchResult> {
    const branch = { branchId: '01', op: 'action', url, payload: Buffer.from('{}') };
    const fields = { gid: 'g', transType: 'saga', protocol: 'http', headers: undefined } as const;
    const request: DispatchRequest = { ...fields, call: branch, timeoutMs };
    return transport.call(url, request, PLAIN);
  }

  const errorWith = (text: string | RegExp) => ({
    kind: 'answered',
    outcome: { kind: 'error', text: typeof text === 'string' ? text : expect.stringMatching(text) },
  });

  test('as nobody listens says so', async () => {
    const service = await ScriptedService.start();
    await service.stop();
    expect(await call(`${service.url}/x`)).toEqual(errorWith(/ECONNREFUSED/));
  });

  test('as the service is silent ends at its timeout, and the connection with it', async () => {
    server = await RawServer.start(() => {});
    expect(await call(server.url, 50)).toEqual(errorWith('no answer within 50 ms'));
    await until(() => server!.closed > 0);
  });

  test('as only the headers come ends at its timeout', async () => {
    server = await RawServer.start((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nSUCC'));
    expect(await call(server.url, 50)).toEqual(errorWith('no answer within 50 ms'));
    await until(() => server!.closed > 0);
  });

  test('as the body drips ends at its timeout: time that passes between bytes counts', async () => {
    const timers = new Set<NodeJS.Timeout>();
    server = await RawServer.start((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
      timers.add(setInterval(() => socket.writable && socket.write('.'), 10));
    });
    expect(await call(server.url, 100)).toEqual(errorWith('no answer within 100 ms'));
    for (const timer of timers) clearInterval(timer);
  });

  test('as the connection is reset in the middle of the body is an error, whatever the status was', async () => {
    server = await RawServer.start((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nSUCC', () => socket.resetAndDestroy());
    });
    expect(await call(server.url)).toEqual(errorWith(/ECONNRESET|closed|terminated|aborted/i));
  });

  test('as the body ends too early is an error', async () => {
    server = await RawServer.start((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nSUCC'));
    expect(await call(server.url)).toEqual(errorWith(/closed|terminated|aborted|premature|ECONNRESET/i));
  });

  test('as the answer is no HTTP is an error', async () => {
    server = await RawServer.start((socket) => socket.end('SUCCESS\r\n\r\n'));
    expect(await call(server.url)).toMatchObject({ outcome: { kind: 'error' } });
  });

  test('as it waits behind others is not sent after its time', async () => {
    server = await RawServer.start(() => {});
    const calls = Array.from({ length: 8 }, () => call(server!.url, 1500));
    expect(await Promise.all(calls)).toEqual(Array(8).fill(errorWith('no answer within 1500 ms')));
    expect(server.requests).toBe(8);
  });

  test('as the coordinator shuts down ends at once', async () => {
    server = await RawServer.start(() => {});
    const pending = call(server.url, 60_000);
    await until(() => server!.requests === 1);
    await transport.close();
    expect(await pending).toMatchObject({ outcome: { kind: 'error' } });
  });
});
