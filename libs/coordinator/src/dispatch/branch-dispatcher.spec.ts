import { ManualClock, ScriptedService } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { ServiceRegistry } from '../registry/service-registry';
import { MemoryStore } from '../stores/memory/memory-store';
import { StoreProbe } from '../stores/store-probe.spec-helper';
import { BranchDispatcher } from './branch-dispatcher';
import type { DispatchRequest } from './dispatch';
import { GrpcTransport } from './grpc/grpc-transport';
import { HttpTransport } from './http/http-transport';
import { MessageTransport } from './transports/message-transport';

const LIMITS = { concurrency: 4, queue: 4, breakerThreshold: 10, breakerOpenMaxMs: 5000 };

describe('the dispatcher of branch calls', () => {
  let service: ScriptedService;
  let store: StoreProbe;
  let clock: ManualClock;
  let registry: ServiceRegistry;
  let transport: HttpTransport;
  let messages: MessageTransport;
  let grpc: GrpcTransport;
  let dispatcher: BranchDispatcher;
  let log: CapturedLog;

  beforeEach(async () => {
    log = CapturedLog.start();
    service = await ScriptedService.start();
    store = new StoreProbe(new MemoryStore());
    clock = new ManualClock();
    registry = new ServiceRegistry(store, clock);
    transport = new HttpTransport(LIMITS, clock);
    messages = new MessageTransport({ limits: LIMITS, brokers: '' }, clock);
    grpc = new GrpcTransport({ limits: LIMITS }, clock);
    dispatcher = new BranchDispatcher(registry, { http: transport, grpc, messages }, { substring: true });
    const handlers = { out: { action: '/out', compensate: null } };
    await registry.announce({ service: 'bank', instance: 'one', url: service.url, handlers, ttl: 30 });
  });

  afterEach(async () => {
    grpc.close();
    await Promise.all([transport.close(), messages.close(), service.stop()]);
    log.restore();
  });

  function request(url: string, op = 'action'): DispatchRequest {
    const call = { branchId: '01', op, url, payload: new Uint8Array(0) };
    return { call, gid: 'g', transType: 'saga', protocol: 'http', headers: undefined, timeoutMs: 1000 };
  }

  const dispatch = (url: string, op?: string) => dispatcher.dispatch(request(url, op));

  test('takes an empty URL for success without a call', async () => {
    expect(await dispatch('')).toEqual({ kind: 'answered', outcome: { kind: 'success', text: '' } });
    expect(service.calls).toEqual([]);
  });

  test('calls an HTTP URL', async () => {
    expect(await dispatch(`${service.url}/in`)).toMatchObject({ outcome: { kind: 'success' } });
    expect(service.notation).toEqual(['in[01 action]']);
  });

  test('calls a service by its name, at the path of the op', async () => {
    expect(await dispatch('svc://bank/out')).toMatchObject({ outcome: { kind: 'success' } });
    expect(service.notation).toEqual(['out[01 action]']);
  });

  test('takes an op that the service declares empty for success without a call', async () => {
    expect(await dispatch('svc://bank/out', 'compensate')).toMatchObject({ outcome: { kind: 'success' } });
    expect(service.calls).toEqual([]);
  });

  test('calls a service by a message, where it announces that it takes them', async () => {
    const handlers = { out: { action: 'tcp://127.0.0.1:1/out' } };
    await registry.announce({ service: 'shop', instance: 'one', url: service.url, handlers, ttl: 30 });
    expect(await dispatch('svc://shop/out')).toMatchObject({
      outcome: { kind: 'error', text: expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/) as string },
    });
    expect(service.calls).toEqual([]);
  });

  test('wants JSON as the payload of a message', () => {
    const problem = (url: string, payload: string) => dispatcher.payloadProblemWith(url, 'http', Buffer.from(payload));
    expect(problem('nats://broker/out', 'a=1')).toBe('must be JSON, as it is sent in a message');
    expect(problem('nats://broker/out', '{"a":1}')).toBeUndefined();
    expect(problem('http://bank/out', 'a=1')).toBeUndefined();
  });

  test.each([
    ['svc://bank/in', 'action', 'service bank has no handler in for action'],
    ['svc://bank/out', 'confirm', 'service bank has no handler out for confirm'],
    ['svc://bank/constructor', 'name', 'service bank has no handler constructor for name'],
    ['svc://shop/out', 'action', 'service shop has no live instance'],
    ['svc://bank', 'action', 'svc://bank is not of the form svc://service/handler'],
    ['not a url', 'action', 'not a url is not a URL'],
  ])('makes an error of %s for %s', async (url, op, text) => {
    expect(await dispatch(url, op)).toEqual({ kind: 'answered', outcome: { kind: 'error', text } });
  });

  test('makes an error of a registry that cannot be read, instead of throwing', async () => {
    store.before = () => {
      throw new Error('gone');
    };
    expect(await dispatch('svc://shop/out')).toEqual({
      kind: 'answered',
      outcome: { kind: 'error', text: 'svc://shop/out cannot be looked up: Error: gone' },
    });
  });

  test.each([
    ['', 'grpc'],
    ['bank:5000/bank.Bank/Out', 'grpc'],
    ['bank:5000/bank.Bank/Out', 'json-rpc'],
    ['grpc://bank:5000/bank.Bank/Out', 'http'],
    ['grpcs://bank:5000/bank.Bank/Out', 'http'],
    ['http://bank/out', 'http'],
    ['https://bank/out', 'grpc'],
    ['svc://bank/out', 'json-rpc'],
    ['http://bank/rpc?method=out', 'json-rpc'],
    ['nats://broker/bank.out', 'http'],
    ['tcp://bank:4000/%7B%22cmd%22:%22out%22%7D', 'grpc'],
  ] as const)('accepts %p in a transaction of protocol %s', (url, protocol) => {
    expect(dispatcher.problemWith(url, protocol)).toBeUndefined();
  });

  test.each([
    ['bank:5000', 'grpc', 'must be host:port/package.Service/Method, or an http(s) or svc URL'],
    ['etcd://bank/bank.Bank/Out', 'grpc', 'must be host:port/package.Service/Method, or an http(s) or svc URL'],
    ['grpc://bank/bank.Bank/Out', 'http', 'must be host:port/package.Service/Method, or an http(s) or svc URL'],
    ['bank:5000/bank.Bank/Out', 'http', 'must be an absolute http(s) URL or svc://service/handler'],
    ['svc://bank', 'http', 'must have the form svc://service/handler'],
    ['tcp://bank/out', 'http', 'must have the form tcp://host:port/pattern'],
    ['http://', 'http', 'must be an absolute http(s) URL or svc://service/handler'],
  ] as const)('says what is wrong with %s in a transaction of protocol %s', (url, protocol, problem) => {
    expect(dispatcher.problemWith(url, protocol)).toBe(problem);
  });
});
