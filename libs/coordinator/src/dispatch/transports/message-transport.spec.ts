import type { INestMicroservice } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { ManualClock } from '@nestjs-dtx/testing';
import { of } from 'rxjs';
import { CapturedLog } from '../../captured-log.spec-helper';
import type { DispatchRequest } from '../dispatch';
import { MessageTransport } from './message-transport';
import { startTcpService, type ServiceScript } from './tcp-service.spec-helper';
import { TransportPackages } from './transport-packages';

const LIMITS = { concurrency: 2, queue: 0, breakerThreshold: 3, breakerOpenMaxMs: 5000 };
const never = (): Promise<never> => new Promise(() => {});
const throws = (error: unknown) => (): never => {
  throw error;
};

describe('the transport of messages', () => {
  let clock: ManualClock;
  let transport: MessageTransport;
  let script: ServiceScript;
  let service: INestMicroservice;
  let port: number;
  let log: CapturedLog;

  beforeEach(async () => {
    log = CapturedLog.start();
    clock = new ManualClock();
    transport = new MessageTransport({ limits: LIMITS, brokers: '' }, clock);
    script = { received: [], answer: () => undefined };
    ({ app: service, port } = await startTcpService(script));
  });
  afterEach(async () => {
    await transport.close();
    await service.close();
    log.restore();
  });

  function request(payload = '{"amount":30}', timeoutMs = 2000): DispatchRequest {
    const call = { branchId: '01', op: 'action', url: '', payload: Buffer.from(payload) };
    return { call, gid: 'g', transType: 'saga', protocol: 'http', headers: { tenant: 'a' }, timeoutMs };
  }
  const call = (made = request(), pattern = 'out') => transport.call(`tcp://127.0.0.1:${port}/${pattern}`, made);
  const connections = (): string[] => log.lines.filter((line) => line.includes('tcp://'));

  test('sends an envelope, by a text or a JSON pattern', async () => {
    for (const pattern of ['out', '%7B%22cmd%22:%22out%22%7D']) {
      expect(await call(request(), pattern)).toEqual({ kind: 'answered', outcome: { kind: 'success', text: '' } });
    }
    const envelope = {
      dtx: 1,
      gid: 'g',
      trans_type: 'saga',
      branch_id: '01',
      op: 'action',
      payload: { amount: 30 },
      headers: { tenant: 'a' },
    };
    expect(script.received).toEqual([envelope, envelope]);
  });

  test.each([
    ['a value', () => ({ id: 1 }), { kind: 'success' }],
    ['a stream, whose last value counts', () => of({ dtm_result: 'ONGOING' }, 'done'), { kind: 'success' }],
    ['a refusal', throws(new RpcException({ status: 409, message: 'no' })), { kind: 'failure', text: 'no FAILURE' }],
    ['a refusal in its result', () => ({ dtm_result: 'FAILURE', message: 'no' }), { kind: 'failure' }],
    ['not yet', throws(new RpcException({ dtm_result: 'ONGOING', message: 'wait' })), { kind: 'ongoing' }],
    ['an error', throws(new Error('disk')), { kind: 'error', text: 'Internal server error' }],
  ])('maps %s', async (_name, answer, outcome) => {
    script.answer = answer;
    expect(await call()).toMatchObject({ kind: 'answered', outcome });
  });

  test('takes a pattern without a handler for an error', async () => {
    expect(await call(request(), 'in')).toMatchObject({
      outcome: { kind: 'error', text: expect.stringMatching(/no matching message handler/) as string },
    });
  });

  test('does not wait for longer than the request may take', async () => {
    script.answer = never;
    expect(await call(request('{}', 50))).toMatchObject({
      outcome: { kind: 'error', text: `tcp://127.0.0.1:${port}: no reply within 50 ms` },
    });
    script.answer = () => 1;
    expect(await call()).toMatchObject({ outcome: { kind: 'success' } });
  });

  test('connects again when the service is back, and tells of each change once', async () => {
    await call();
    const waiting = (script.answer = never) && call();
    await service.close();
    expect(await waiting).toMatchObject({ outcome: { kind: 'error' } });
    expect(await call()).toMatchObject({
      outcome: { kind: 'error', text: expect.stringMatching(/ECONNREFUSED/) as string },
    });
    expect(await call()).toMatchObject({
      outcome: { kind: 'error', text: expect.stringMatching(/ECONNREFUSED/) as string },
    });
    script.answer = () => 1;
    ({ app: service } = await startTcpService(script, port));
    clock.advance(5000);
    expect(await call()).toMatchObject({ outcome: { kind: 'success' } });
    expect(connections()).toEqual([
      `info connected to tcp://127.0.0.1:${port}`,
      `warn no connection to tcp://127.0.0.1:${port}, calls are retried: the connection was lost`,
      `info connected to tcp://127.0.0.1:${port}`,
    ]);
  });

  test('defers calls to a destination that is busy, and after failures in a row', async () => {
    script.answer = never;
    const slow = [call(request('{}', 200)), call(request('{}', 200))];
    expect(await call()).toMatchObject({
      kind: 'deferred',
      reason: expect.stringMatching(/is busy: 2 calls are in flight/) as string,
    });
    await Promise.all(slow);
    await call(request('{}', 50));
    expect(await call()).toMatchObject({
      kind: 'deferred',
      reason: expect.stringMatching(/has not answered 3 calls in a row/) as string,
    });
  });

  test('ends calls in flight when it is closed, and makes no more', async () => {
    script.answer = never;
    const inFlight = call();
    while (script.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await transport.close();
    expect(await inFlight).toMatchObject({
      outcome: { kind: 'error', text: expect.stringMatching(/Connection closed/) as string },
    });
  });

  test('says which package is missing, and leaves the process alive', async () => {
    const packages = new TransportPackages((name) => {
      if (name === 'kafkajs') throw new Error('not found');
    });
    transport = new MessageTransport({ limits: LIMITS, brokers: '' }, clock, packages);
    const problem = 'needs kafkajs to be installed where the coordinator runs';
    expect(transport.problemWith('kafka://broker/topic')).toBe(problem);
    expect(transport.problemWith('nats://broker/subject')).toBeUndefined();
    expect(await transport.call('kafka://broker/topic', request())).toMatchObject({
      outcome: { kind: 'error', text: `kafka://broker/topic ${problem}` },
    });
  });

  test('finds the packages that are installed, without loading them', () => {
    const packages = new TransportPackages();
    for (const name of ['tcp', 'redis', 'nats', 'amqp', 'mqtt', 'kafka'] as const) {
      expect(packages.missing(name)).toEqual([]);
    }
    expect(Object.keys(require.cache).filter((file) => file.includes('node_modules/kafkajs/'))).toEqual([]);
  });
});
