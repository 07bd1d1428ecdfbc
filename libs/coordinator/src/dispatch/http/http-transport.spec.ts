import { ANSWERS, Gate, ManualClock, ScriptedService, until } from '@nestjs-dtx/testing';
import type { DispatchRequest, DispatchResult } from '../dispatch';
import { HttpTransport } from './http-transport';
import { PlainEncoding } from './plain-encoding';

const LIMITS = { concurrency: 4, queue: 4, breakerThreshold: 10, breakerOpenMaxMs: 5000 };
/** Pools that are not used for this long are closed. Milliseconds. */
const IDLE_MS = 5 * 60 * 1000;

describe('a branch call over HTTP', () => {
  let service: ScriptedService;
  let clock: ManualClock;
  let transport: HttpTransport;
  let encoding: PlainEncoding;

  beforeEach(async () => {
    service = await ScriptedService.start();
    clock = new ManualClock();
    transport = new HttpTransport(LIMITS, clock);
    encoding = new PlainEncoding({ substring: true });
  });

  afterEach(() => Promise.all([transport.close(), service.stop()]));

  interface More {
    readonly gid?: string;
    readonly payload?: string;
    readonly headers?: Record<string, string>;
  }

  function call(path: string, { gid = 'g-1', payload = '', headers }: More = {}): Promise<DispatchResult> {
    const url = service.url + path;
    const request: DispatchRequest = {
      call: { branchId: '01', op: 'action', url, payload: Buffer.from(payload) },
      gid,
      transType: 'saga',
      protocol: 'http',
      headers,
      timeoutMs: 5000,
    };
    return transport.call(url, request, encoding);
  }

  const success = { kind: 'answered', outcome: { kind: 'success', text: '' } };

  test('carries the four parameters behind those of the URL, in alphabetical order and encoded', async () => {
    await call('/out?b=2&a=%20', { gid: 'a&b=c/ä' });
    expect(service.calls[0]).toMatchObject({
      url: '/out?b=2&a=%20&branch_id=01&gid=a%26b%3Dc%2F%C3%A4&op=action&trans_type=saga',
      query: { a: ' ', b: '2', branch_id: '01', gid: 'a&b=c/ä', op: 'action', trans_type: 'saga' },
    });
  });

  test('without a payload is a GET without a body', async () => {
    expect(await call('/out')).toEqual(success);
    const [received] = service.calls;
    expect(received).toMatchObject({ method: 'GET', headers: { 'content-type': 'application/json' } });
    expect(received!.body).toHaveLength(0);
  });

  test('with a payload is a POST of exactly these bytes', async () => {
    const payload = '{"amount": 30,\n "note": "ä\u0000☃"}';
    expect(await call('/out', { payload })).toEqual(success);
    const [received] = service.calls;
    expect(received).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(received!.body.toString()).toBe(payload);
  });

  test('carries the headers of the transaction, which override ours whatever their case', async () => {
    await call('/out', { payload: '{}', headers: { 'X-Tenant': 'acme', 'Content-Type': 'text/plain', ACCEPT: '*/*' } });
    expect(service.calls[0]!.headers).toMatchObject({
      'x-tenant': 'acme',
      'content-type': 'text/plain',
      accept: '*/*',
    });
  });

  test('leaves out headers of the transaction that tell of the connection: they would contradict its own', async () => {
    const headers = { Connection: 'close', 'Transfer-Encoding': 'chunked', 'content-length': '1', 'x-kept': '1' };
    expect(await call('/out', { payload: '{"a":1}', headers })).toEqual(success);
    expect(await call('/out', { payload: '{}' })).toEqual(success);
    expect(service.calls[0]).toMatchObject({
      headers: { 'x-kept': '1', 'content-length': '7', connection: 'keep-alive' },
      body: Buffer.from('{"a":1}'),
    });
    expect(service.connections).toBe(1);
  });

  test.each([
    [200, '', 'success'],
    [201, '{"id":1}', 'success'],
    [204, '', 'success'],
    [409, 'sold out', 'failure'],
    [425, '', 'ongoing'],
    [200, '{"dtm_result":"FAILURE"}', 'failure'],
    [200, 'ONGOING', 'ongoing'],
    [202, '', 'error'],
    [400, 'bad', 'error'],
    [500, 'broken', 'error'],
  ])('answered %i with %p is %s', async (status, body, kind) => {
    service.script = () => ({ status, body });
    expect(await call('/out')).toMatchObject({ kind: 'answered', outcome: { kind } });
  });

  test('does not look for bare words when told not to', async () => {
    encoding = new PlainEncoding({ substring: false });
    service.script = () => ({ status: 200, body: 'FAILURE' });
    expect(await call('/out')).toEqual(success);
  });

  test('does not follow a redirect: it is no success', async () => {
    service.script = ({ path }) =>
      path === '/out' ? { status: 302, headers: { location: `${service.url}/elsewhere` } } : ANSWERS.success;
    expect(await call('/out')).toMatchObject({ outcome: { kind: 'error', status: 302 } });
    expect(service.calls).toHaveLength(1);
  });

  test('reads an answer of any size and uses the connection again', async () => {
    service.script = () => ({ status: 500, body: 'x'.repeat(1_000_000) });
    const result = await call('/out', { payload: '{}' });
    expect(result).toMatchObject({ outcome: { kind: 'error' } });
    const text = result.kind === 'answered' ? result.outcome.text : '';
    expect(text).toHaveLength('status 500: '.length + 64 * 1024);
    for (let count = 0; count < 5; count += 1) await call('/out');
    expect(service.connections).toBe(1);
  });

  test('makes no more connections than calls are allowed, and lets the others wait', async () => {
    const gate = new Gate();
    service.script = async () => {
      await gate.pass();
      return ANSWERS.success;
    };
    const calls = Array.from({ length: 8 }, () => call('/out'));
    await service.received(4);
    expect(await call('/out')).toMatchObject({ kind: 'deferred', delayMs: 1000 });
    expect(service.calls).toHaveLength(4);
    gate.open();
    expect(await Promise.all(calls)).toEqual(Array(8).fill(success));
    expect(service.connections).toBe(4);
  });

  test('that waits for others when the coordinator shuts down is not made any more', async () => {
    service.script = () => new Promise(() => {});
    const calls = Array.from({ length: 6 }, () => call('/out'));
    await service.received(4);
    await transport.close();
    const results = await Promise.all(calls);
    expect(results.map(({ kind }) => kind)).toEqual(Array(6).fill('answered'));
    expect(results.at(-1)).toMatchObject({ outcome: { kind: 'error', text: 'the coordinator is shutting down' } });
    expect(service.calls).toHaveLength(4);
  });

  test('to another origin has limits of its own', async () => {
    const other = await ScriptedService.start();
    const gate = new Gate();
    service.script = async () => {
      await gate.pass();
      return ANSWERS.success;
    };
    const calls = Array.from({ length: 8 }, () => call('/out'));
    await service.received(4);
    const url = `${other.url}/in`;
    expect(await transport.call(url, emptyRequest(url), encoding)).toEqual(success);
    gate.open();
    await Promise.all(calls);
    await other.stop();
  });

  test('leaves no connection open to an origin that has not been called for long, once there are many', async () => {
    const open = new Set<unknown>();
    service.onConnection((socket) => {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    });
    await call('/out');
    expect(open.size).toBe(1);
    clock.advance(IDLE_MS);
    // Reserved ports on which nothing listens: each is one more origin.
    for (let port = 1; port <= 65; port += 1) {
      const url = `http://127.0.0.1:${port}/`;
      await transport.call(url, emptyRequest(url), encoding);
    }
    await until(() => open.size === 0, { timeoutMs: 2000 });
    expect(await call('/out')).toEqual(success);
  });
});

function emptyRequest(url: string): DispatchRequest {
  const call = { branchId: '01', op: 'action', url, payload: Buffer.alloc(0) };
  return { call, gid: 'g', transType: 'saga', protocol: 'http', headers: undefined, timeoutMs: 1000 };
}
