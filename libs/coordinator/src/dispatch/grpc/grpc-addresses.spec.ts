import type { ConnectionOptions } from 'node:tls';
import { ManualClock, ScriptedGrpcService, until } from '@nestjs-dtx/testing';
import type { DispatchResult } from '../dispatch';
import { GrpcTransport } from './grpc-transport';
import { LOCALHOST_TLS } from './localhost-tls.spec-helper';

const LIMITS = { concurrency: 4, queue: 4, breakerThreshold: 10, breakerOpenMaxMs: 5000 };
const SUCCESS = { kind: 'answered', outcome: { kind: 'success', text: '' } };

describe('the addresses of a service over gRPC', () => {
  let clock: ManualClock;
  const services: ScriptedGrpcService[] = [];
  const transports: GrpcTransport[] = [];

  beforeEach(() => {
    clock = new ManualClock();
  });

  afterEach(async () => {
    for (const transport of transports.splice(0)) transport.close();
    await Promise.all(services.splice(0).map((service) => service.stop()));
  });

  /** Instances at several addresses of this machine and at one port. */
  async function start(...hosts: string[]): Promise<ScriptedGrpcService[]> {
    let port = 0;
    for (const host of hosts) {
      const service = await ScriptedGrpcService.start(port, { host });
      ({ port } = service);
      services.push(service);
    }
    return services;
  }

  function transportTo(resolve: (host: string) => Promise<readonly string[]>, tls?: ConnectionOptions): GrpcTransport {
    const transport = new GrpcTransport({ limits: LIMITS, resolve, ...(tls && { tls }) }, clock);
    transports.push(transport);
    return transport;
  }

  function call(transport: GrpcTransport, url: string, timeoutMs = 5000): Promise<DispatchResult> {
    return transport.call(transport.targetOf(url)!, {
      call: { branchId: '01', op: 'action', url, payload: Buffer.alloc(0) },
      gid: 'g',
      transType: 'saga',
      protocol: 'grpc',
      headers: undefined,
      timeoutMs,
    });
  }

  const counts = () => services.map(({ calls }) => calls.length);

  test('are called in turn', async () => {
    const [{ port } = { port: 0 }] = await start('127.0.0.1', '127.0.0.2', '127.0.0.3');
    const transport = transportTo(async () => ['127.0.0.1', '127.0.0.2', '127.0.0.3']);
    for (let count = 0; count < 9; count += 1) await call(transport, `bank:${port}/b.B/O`);
    expect(counts()).toEqual([3, 3, 3]);
    expect(services.map(({ connections }) => connections)).toEqual([1, 1, 1]);
  });

  test('at which nobody listens are passed over within the same call', async () => {
    const [{ port } = { port: 0 }] = await start('127.0.0.2');
    const transport = transportTo(async () => ['127.0.0.1', '127.0.0.2']);
    for (let count = 0; count < 4; count += 1) expect(await call(transport, `bank:${port}/b.B/O`)).toEqual(SUCCESS);
    expect(counts()).toEqual([4]);
  });

  test('are looked up again after a while, and those that are gone are called no more', async () => {
    const [{ port } = { port: 0 }] = await start('127.0.0.1', '127.0.0.2');
    let addresses = ['127.0.0.1'];
    const transport = transportTo(async () => addresses);
    await call(transport, `bank:${port}/b.B/O`);
    addresses = ['127.0.0.2'];
    await call(transport, `bank:${port}/b.B/O`);
    expect(counts()).toEqual([2, 0]);
    clock.advance(10_001);
    // The call at hand does not wait for the look-up.
    await until(async () => {
      await call(transport, `bank:${port}/b.B/O`);
      return services[1]!.calls.length > 0;
    });
    const before = counts()[0];
    await call(transport, `bank:${port}/b.B/O`);
    expect(counts()[0]).toBe(before);
  });

  test('of a name that nobody knows are an error, and found once it is known', async () => {
    const [{ port } = { port: 0 }] = await start('127.0.0.1');
    let isKnown = false;
    const transport = transportTo(async () => {
      if (!isKnown) throw new Error('ENOTFOUND bank');
      return ['127.0.0.1'];
    });
    expect(await call(transport, `bank:${port}/b.B/O`)).toMatchObject({ outcome: { text: 'ENOTFOUND bank' } });
    isKnown = true;
    expect(await call(transport, `bank:${port}/b.B/O`)).toEqual(SUCCESS);
  });

  test('whose name takes too long to look up are an error in time', async () => {
    const transport = transportTo(() => new Promise(() => undefined));
    expect(await call(transport, 'bank:1/b.B/O', 50)).toMatchObject({ outcome: { text: 'no answer within 50 ms' } });
  });

  test('are called over TLS where the URL says so, if their certificate can be trusted', async () => {
    const service = await ScriptedGrpcService.start(0, { tls: LOCALHOST_TLS });
    services.push(service);
    const url = `grpcs://localhost:${service.port}/b.B/O`;
    const here = async () => ['127.0.0.1'];
    expect(await call(transportTo(here, { ca: LOCALHOST_TLS.cert }), url)).toEqual(SUCCESS);
    expect(await call(transportTo(here), url)).toMatchObject({ outcome: { kind: 'error' } });
    expect(await call(transportTo(here, { ca: LOCALHOST_TLS.cert }), url.replace('localhost', 'bank'))).toMatchObject({
      outcome: { kind: 'error' },
    });
    expect(service.calls).toHaveLength(1);
  });
});
