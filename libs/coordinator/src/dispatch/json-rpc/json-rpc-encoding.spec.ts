import { ManualClock, ScriptedService } from '@nestjs-dtx/testing';
import { ServiceRegistry } from '../../registry/service-registry';
import { MemoryStore } from '../../stores/memory/memory-store';
import { BranchDispatcher } from '../branch-dispatcher';
import type { DispatchRequest, DispatchResult } from '../dispatch';
import { GrpcTransport } from '../grpc/grpc-transport';
import { HttpTransport } from '../http/http-transport';
import { MessageTransport } from '../transports/message-transport';
import { jsonRpcMethodOf } from './json-rpc-encoding';

const LIMITS = { concurrency: 4, queue: 4, breakerThreshold: 10, breakerOpenMaxMs: 5000 };

describe('a branch call by JSON-RPC', () => {
  let service: ScriptedService;
  let transport: HttpTransport;
  let dispatcher: BranchDispatcher;

  beforeEach(async () => {
    service = await ScriptedService.start();
    const clock = new ManualClock();
    transport = new HttpTransport(LIMITS, clock);
    const messages = new MessageTransport({ limits: LIMITS, brokers: '' }, clock);
    const registry = new ServiceRegistry(new MemoryStore(), clock);
    const grpc = new GrpcTransport({ limits: LIMITS }, clock);
    dispatcher = new BranchDispatcher(registry, { http: transport, grpc, messages }, { substring: true });
  });

  afterEach(() => Promise.all([transport.close(), service.stop()]));

  function call(path: string, more: Partial<DispatchRequest> = {}, payload = '{"amount":30}'): Promise<DispatchResult> {
    const url = service.url + path;
    return dispatcher.dispatch({
      call: { branchId: '01', op: 'action', url, payload: Buffer.from(payload) },
      gid: 'g-1',
      transType: 'msg',
      protocol: 'json-rpc',
      headers: undefined,
      timeoutMs: 5000,
      ...more,
    });
  }

  const answers = (fields: object, status = 200): void => {
    service.script = () => ({ status, body: JSON.stringify({ jsonrpc: '2.0', id: 'x', ...fields }) });
  };

  test('is a request to exactly the URL, with the transaction in its parameters', async () => {
    answers({ result: {} });
    expect(await call('/api/json-rpc?method=TransIn&tenant=a%20b')).toEqual({
      kind: 'answered',
      outcome: { kind: 'success', text: '' },
    });
    const [received] = service.calls;
    expect(received).toMatchObject({
      method: 'POST',
      url: '/api/json-rpc?method=TransIn&tenant=a%20b',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
    });
    expect(JSON.parse(received!.body.toString())).toEqual({
      jsonrpc: '2.0',
      id: expect.stringMatching(/^\S+$/),
      method: 'TransIn',
      params: { amount: 30, gid: 'g-1', trans_type: 'msg', branch_id: '01', op: 'action' },
    });
  });

  test('has an id of its own each time', async () => {
    answers({ result: {} });
    await call('/rpc?method=a');
    await call('/rpc?method=a');
    const ids = service.calls.map(({ body }) => (JSON.parse(body.toString()) as { id: string }).id);
    expect(new Set(ids).size).toBe(2);
  });

  test('is made with empty parameters where there is no payload, as in a check-back', async () => {
    answers({ result: {} });
    expect(await call('/rpc?method=check', {}, '')).toMatchObject({ outcome: { kind: 'success' } });
    expect(JSON.parse(service.calls[0]!.body.toString())).toMatchObject({
      method: 'check',
      params: { gid: 'g-1', trans_type: 'msg', branch_id: '01', op: 'action' },
    });
  });

  test('carries the headers of the transaction', async () => {
    answers({ result: {} });
    await call('/rpc?method=a', { headers: { 'X-Tenant': 'acme' } });
    expect(service.calls[0]!.headers).toMatchObject({ 'x-tenant': 'acme', 'content-type': 'application/json' });
  });

  test.each([
    ['no error', { result: {}, error: null }, 'success', ''],
    ['the code of a failure', { error: { code: -32901, message: 'sold out' } }, 'failure', 'sold out FAILURE'],
    ['the code of an unfinished call', { error: { code: -32902, message: 'soon' } }, 'ongoing', 'soon ONGOING'],
    ['any other code', { error: { code: -32603, message: 'boom' } }, 'error', expect.stringContaining('boom')],
  ])('that is answered with %s comes to what it says', async (_what, fields, kind, text) => {
    answers(fields);
    expect(await call('/rpc?method=a')).toMatchObject({ kind: 'answered', outcome: { kind, text } });
  });

  test('reads answers longer than those over plain HTTP', async () => {
    answers({ result: { text: 'x'.repeat(500_000) } });
    expect(await call('/rpc?method=a')).toMatchObject({ outcome: { kind: 'success' } });
  });

  test('is not made with a payload that is no object', async () => {
    expect(await call('/rpc?method=a', {}, '[30]')).toEqual({
      kind: 'answered',
      outcome: { kind: 'error', text: 'the payload is no JSON object, which a JSON-RPC call needs' },
    });
    expect(service.calls).toEqual([]);
    answers({ result: {} });
    for (let count = 0; count < 20; count += 1) await call('/rpc?method=a', {}, '[30]');
    expect(await call('/rpc?method=a')).toMatchObject({ outcome: { kind: 'success' } });
  });

  test.each([
    ['a URL that names no method', '/out', 'json-rpc'],
    ['a URL with the word in its path', '/methods/out', 'json-rpc'],
    ['a transaction of another protocol', '/rpc?method=out', 'http'],
  ] as const)('is a plain HTTP call for %s', async (_what, path, protocol) => {
    expect(await call(path, { protocol })).toMatchObject({ outcome: { kind: 'success' } });
    expect(service.calls[0]).toMatchObject({ query: { gid: 'g-1', branch_id: '01', op: 'action', trans_type: 'msg' } });
    expect(service.calls[0]!.body.toString()).toBe('{"amount":30}');
  });
});

describe('the method of a JSON-RPC call', () => {
  test.each([
    ['http://a/rpc?method=TransIn', 'TransIn'],
    ['HTTPS://a/rpc?x=1&method=a%20b', 'a b'],
    ['http://a/rpc?method=', ''],
    ['http://a/rpc', undefined],
    ['http://a/method', undefined],
    ['http://a/rpc?methods=x', undefined],
    ['http://a/rpc#method=x', undefined],
    ['svc://bank/rpc?method=x', undefined],
    ['bank:80/rpc?method=x', undefined],
    ['', undefined],
  ])('of %j is %j', (url, method) => {
    expect(jsonRpcMethodOf(url)).toBe(method);
  });
});
