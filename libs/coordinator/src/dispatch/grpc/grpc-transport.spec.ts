import { Gate, GRPC_ANSWERS, ManualClock, ScriptedGrpcService } from '@nestjs-dtx/testing';
import type { DispatchRequest, DispatchResult } from '../dispatch';
import { GrpcTransport } from './grpc-transport';

const LIMITS = { concurrency: 4, queue: 4, breakerThreshold: 10, breakerOpenMaxMs: 5000 };
const SUCCESS = { kind: 'answered', outcome: { kind: 'success', text: '' } };

describe('a branch call over gRPC', () => {
  let service: ScriptedGrpcService;
  let clock: ManualClock;
  let transport: GrpcTransport;

  beforeEach(async () => {
    service = await ScriptedGrpcService.start();
    clock = new ManualClock();
    transport = new GrpcTransport({ limits: LIMITS }, clock);
  });

  afterEach(async () => {
    transport.close();
    await service.stop();
  });

  function call(more: Partial<DispatchRequest> = {}, payload: Uint8Array = Buffer.alloc(0)): Promise<DispatchResult> {
    const url = `${service.address}/bank.Bank/Out`;
    return transport.call(transport.targetOf(url)!, {
      call: { branchId: '01', op: 'action', url, payload },
      gid: 'g-1',
      transType: 'saga',
      protocol: 'grpc',
      headers: undefined,
      timeoutMs: 5000,
      ...more,
    });
  }

  test('carries what it is about in its metadata, with an empty address of the coordinator', async () => {
    expect(await call()).toEqual(SUCCESS);
    expect(service.calls[0]).toMatchObject({
      path: '/bank.Bank/Out',
      headers: {
        ':method': 'POST',
        'content-type': 'application/grpc',
        te: 'trailers',
        'grpc-timeout': '5000m',
        'dtm-gid': 'g-1',
        'dtm-trans_type': 'saga',
        'dtm-branch_id': '01',
        'dtm-op': 'action',
        'dtm-dtm': '',
      },
    });
  });

  test('carries the payload as it is, whatever it is', async () => {
    const payload = Buffer.from([0, 255, 1, 13, 10]);
    expect(await call({}, payload)).toEqual(SUCCESS);
    expect(await call({}, Buffer.alloc(300_000, 7))).toEqual(SUCCESS);
    expect(service.calls.map(({ message }) => message)).toEqual([payload, Buffer.alloc(300_000, 7)]);
  });

  test('carries the headers of the transaction, and none that would break it', async () => {
    const headers = { 'X-Tenant': 'acme', 'grpc-timeout': '1n', TE: 'x', 'dtm-gid': 'other', 'Content-Type': 'a/b' };
    expect(await call({ headers })).toEqual(SUCCESS);
    expect(service.calls[0]!.headers).toMatchObject({
      'x-tenant': 'acme',
      'grpc-timeout': '5000m',
      te: 'trailers',
      'dtm-gid': 'g-1',
      'content-type': 'application/grpc',
    });
  });

  test('carries ids beyond ASCII as UTF-8', async () => {
    expect(await call({ gid: 'größe-☃' })).toEqual(SUCCESS);
    const gid = String(service.calls[0]!.headers['dtm-gid']);
    expect(Buffer.from(gid, 'latin1').toString('utf8')).toBe('größe-☃');
  });

  test('wraps the data of a workflow into its message, and nothing else', async () => {
    await call({ transType: 'workflow', call: { ...(await request()).call, branchId: '00', op: 'order' } });
    expect(service.calls[0]!.message).toEqual(Buffer.from([0x0a, 3, 1, 2, 3]));
  });

  const request = () =>
    Promise.resolve({ call: { branchId: '01', op: 'action', url: 'x', payload: Buffer.from([1, 2, 3]) } });

  test.each([
    [GRPC_ANSWERS.success, { kind: 'success', text: '' }],
    [
      { code: 0, reply: Buffer.alloc(200_000) },
      { kind: 'success', text: '' },
    ],
    [GRPC_ANSWERS.failure, { kind: 'failure', text: 'insufficient funds FAILURE' }],
    [
      { code: 10, message: 'kein Geld für ☃' },
      { kind: 'failure', text: 'kein Geld für ☃ FAILURE' },
    ],
    [
      { code: 10, message: 'ONGOING' },
      { kind: 'ongoing', text: 'ONGOING' },
    ],
    [GRPC_ANSWERS.ongoing, { kind: 'ongoing', text: 'ONGOING' }],
    [GRPC_ANSWERS.error, { kind: 'error', text: 'grpc status 13: broken' }],
    [
      { code: 10, reply: Buffer.from('x'), message: 'late' },
      { kind: 'failure', text: 'late FAILURE' },
    ],
    [
      { code: 409, message: 'no' },
      { kind: 'failure', text: 'no FAILURE' },
    ],
    [
      { code: 12, message: '' },
      { kind: 'error', text: 'grpc status 12: ' },
    ],
    [
      { code: 0, headers: { ':status': 503 } },
      { kind: 'error', text: 'grpc status 2: HTTP status 503 instead of an answer of gRPC' },
    ],
    [
      { code: 0, headers: { ':status': 200, 'content-type': 'text/html' } },
      { kind: 'error', text: 'grpc status 2: an answer that is not of gRPC' },
    ],
    [
      { code: 0, headers: { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': 'x' } },
      { kind: 'error', text: 'grpc status 2: an answer without a status of gRPC' },
    ],
    [
      {
        code: 0,
        headers: { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': 10, 'grpc-message': '%' },
      },
      { kind: 'failure', text: '% FAILURE' },
    ],
  ])('answered %j is %j', async (answer, outcome) => {
    service.script = () => answer;
    expect(await call()).toEqual({ kind: 'answered', outcome });
  });

  test('that is not answered in time is an error, and its stream is ended', async () => {
    const gate = new Gate();
    service.script = async () => {
      await gate.pass();
      return GRPC_ANSWERS.success;
    };
    const outcome = { kind: 'error', text: 'no answer within 50 ms' };
    expect(await call({ timeoutMs: 50 })).toEqual({ kind: 'answered', outcome });
    gate.open();
    expect(await call()).toEqual(SUCCESS);
    expect(service.connections).toBe(1);
  });

  test('uses one connection for all, and no more places than there are', async () => {
    const gate = new Gate();
    service.script = async () => {
      await gate.pass();
      return GRPC_ANSWERS.success;
    };
    const calls = Array.from({ length: 8 }, () => call());
    await service.received(4);
    expect(await call()).toMatchObject({ kind: 'deferred', delayMs: 1000 });
    expect(service.calls).toHaveLength(4);
    gate.open();
    expect(await Promise.all(calls)).toEqual(Array(8).fill(SUCCESS));
    expect(service.connections).toBe(1);
  });

  test('finds a service that was restarted at once, however often (X-15)', async () => {
    for (let round = 0; round < 3; round += 1) {
      expect(await call()).toEqual(SUCCESS);
      const { port } = service;
      await service.stop();
      expect(await call()).toMatchObject({ kind: 'answered', outcome: { kind: 'error' } });
      service = await ScriptedGrpcService.start(port);
    }
    expect(await call()).toEqual(SUCCESS);
  });

  test('goes over a new connection when the service has said goodbye', async () => {
    expect(await call()).toEqual(SUCCESS);
    service.goAway();
    for (let count = 0; count < 5; count += 1) expect(await call()).toEqual(SUCCESS);
    expect(service.calls).toHaveLength(6);
  });

  test('opens the breaker of a service that does not answer, and closes it again', async () => {
    const { port } = service;
    await service.stop();
    for (let count = 0; count < 10; count += 1) await call();
    expect(await call()).toMatchObject({
      kind: 'deferred',
      reason: `grpc://127.0.0.1:${port} has not answered 10 calls in a row`,
    });
    service = await ScriptedGrpcService.start(port);
    clock.advance(1000);
    expect(await call()).toEqual(SUCCESS);
  });

  test('to a service that dies in the middle is an error', async () => {
    service.script = () => new Promise(() => undefined);
    const pending = call();
    await service.received(1);
    await service.stop();
    expect(await pending).toMatchObject({ kind: 'answered', outcome: { kind: 'error' } });
  });

  test('in flight when the coordinator ends is an error', async () => {
    service.script = () => new Promise(() => undefined);
    const pending = call();
    await service.received(1);
    transport.close();
    expect(await pending).toMatchObject({ kind: 'answered', outcome: { kind: 'error' } });
  });
});
