import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '@nestjs-dtx/sqlite';
import { ANSWERS, Gate, ScriptedService, until } from '@nestjs-dtx/testing';
import { send } from './api/http/http.spec-helper';
import { CapturedLog } from './captured-log.spec-helper';
import type { CoordinatorOptions } from './coordinator.options';
import { sagaBody } from './coordinator-rig.spec-helper';
import { startCoordinator, type RunningCoordinator } from './start-coordinator';

/** So long that whatever goes on sooner cannot have waited for a lease or an interval. Seconds. */
const LONG = { leaseSeconds: 60, retryInterval: 60 };

describe('a coordinator', () => {
  let directory: string;
  let service: ScriptedService;
  let log: CapturedLog;
  const running: RunningCoordinator[] = [];

  beforeEach(async () => {
    log = CapturedLog.start();
    directory = await mkdtemp(join(tmpdir(), 'dtx-coordinator-'));
    service = await ScriptedService.start();
  });

  afterEach(async () => {
    await service.stop();
    for (const coordinator of running.splice(0)) await coordinator.close();
    await rm(directory, { recursive: true });
    log.restore();
  });

  async function start(more: Partial<CoordinatorOptions> = {}): Promise<RunningCoordinator> {
    const coordinator = await startCoordinator({
      http: { host: '127.0.0.1', port: 0 },
      store: { driver: 'sqlite', directory },
      ...more,
    });
    running.push(coordinator);
    return coordinator;
  }

  const submit = ({ url }: RunningCoordinator, body: object) =>
    send('POST', `${url}/api/dtmsvr/submit`, JSON.stringify(body));

  const status = async ({ url }: RunningCoordinator, gid: string): Promise<unknown> => {
    const { text } = await send('GET', `${url}/api/dtmsvr/query?gid=${gid}`);
    return (JSON.parse(text) as { transaction?: { status: string } }).transaction?.status;
  };

  test('serves at the address that it tells', async () => {
    const coordinator = await start({ store: { driver: 'memory' } });
    expect(coordinator.url).toBe(`http://127.0.0.1:${coordinator.port}`);
    expect(await send('GET', `${coordinator.url}/api/ping`)).toMatchObject({ status: 200 });
  });

  test('serves gRPC where it is told to, and says so when the port is in use', async () => {
    const here = { host: '127.0.0.1', port: 0 };
    const first = await start({ store: { driver: 'memory' }, grpc: here });
    expect(first.grpcAddress).toMatch(/^127\.0\.0\.1:\d+$/);
    const port = Number(first.grpcAddress?.split(':')[1]);
    await expect(start({ store: { driver: 'memory' }, grpc: { ...here, port } })).rejects.toMatchObject({
      code: 'DTX_PORT_IN_USE',
      message: `port ${port} on 127.0.0.1 is in use: stop what listens there or set GRPC_PORT to another one`,
    });
    expect((await start({ store: { driver: 'memory' } })).grpcAddress).toBeUndefined();
  });

  test('says while it drains that it takes no new work, lives, and answers queries', async () => {
    const coordinator = await start();
    const gate = new Gate();
    service.script = async () => {
      await gate.pass();
      return ANSWERS.success;
    };
    await submit(coordinator, sagaBody(service, 'slow'));
    await service.received(1);
    const closed = coordinator.close();
    const ready = await until(async () => {
      const answer = await send('GET', `${coordinator.url}/api/v2/health/ready`);
      return answer.status === 503 ? answer : undefined;
    });
    expect(JSON.parse(ready.text)).toMatchObject({ store: 'ok', shuttingDown: true });
    expect(await send('GET', `${coordinator.url}/api/v2/health/live`)).toMatchObject({ status: 200 });
    expect(await status(coordinator, 'slow')).toBe('submitted');
    const refused = await submit(coordinator, sagaBody(service, 'late'));
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([503, { code: 'DTX_SHUTTING_DOWN' }]);
    expect(refused.headers['retry-after']).toBe('1');
    gate.open();
    await closed;
  });

  test('finds its port taken: says so in words, and lets go of the data folder', async () => {
    const first = await start({ store: { driver: 'memory' } });
    await expect(start({ http: { host: '127.0.0.1', port: first.port } })).rejects.toMatchObject({
      code: 'DTX_PORT_IN_USE',
      message: `port ${first.port} on 127.0.0.1 is in use: stop what listens there or set HTTP_PORT to another one`,
    });
    await start();
  });

  test('finds an address that is not of this machine: says so', async () => {
    await expect(start({ http: { host: '192.0.2.1', port: 0 } })).rejects.toMatchObject({
      code: 'DTX_INVALID_CONFIG',
      message: expect.stringContaining('HTTP_HOST'),
    });
  });

  test('finds its data folder in use: says so', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'DTX_STORE_LOCKED' });
  });

  test('goes on after a restart with what it was in the middle of, without waiting for lease or interval', async () => {
    const gate = new Gate();
    service.script = async () => {
      await gate.pass();
      return ANSWERS.success;
    };
    const first = await start({ settings: { ...LONG, shutdownTimeout: 0.05 } });
    await submit(first, sagaBody(service, 'g', { request_timeout: 3600 }));
    await service.received(1);
    await first.close();
    gate.open();
    const second = await start({ settings: LONG });
    await until(async () => (await status(second, 'g')) === 'succeed');
    expect(service.notation).toEqual(['out[01 action]', 'out[01 action]', 'in[02 action]']);
    expect(log.of('warn')).toEqual([expect.stringMatching('^warn 1 transactions did not come to rest')]);
    expect(log.of('error')).toEqual([]);
  });

  test('answers a waiting client during its shutdown, and refuses others', async () => {
    const gate = new Gate();
    service.script = async () => {
      await gate.pass();
      return ANSWERS.success;
    };
    const coordinator = await start();
    const waiting = submit(coordinator, sagaBody(service, 'g', { wait_result: true }));
    await service.received(1);
    const closed = coordinator.close();
    const refused = await until(async () => {
      const reply = await submit(coordinator, sagaBody(service, 'late'));
      return reply.status === 503 ? reply : undefined;
    });
    expect(refused.text).not.toMatch(/FAILURE|ONGOING/);
    gate.open();
    expect(await waiting).toMatchObject({
      status: 409,
      text: '{"dtm_result":"FAILURE","message":"wait result not return success: FAILURE"}',
    });
    await closed;
  });

  test('sets a transaction aside whose rows are damaged, also when it is submitted again, and shows the others', async () => {
    service.script = () => ANSWERS.ongoing;
    const coordinator = await start();
    for (const gid of ['damaged', 'unreadable', 'sound'])
      await submit(coordinator, sagaBody(service, gid, { wait_result: true }));
    const file = openSqlite(join(directory, 'coordinator.sqlite'));
    file.exec("DELETE FROM trans_branch_op WHERE gid = 'damaged' AND op = 'action'");
    file.exec("UPDATE trans_global SET options = '{' WHERE gid = 'unreadable'");
    file.close();
    service.calls.length = 0;
    const answers = [];
    for (const gid of ['damaged', 'unreadable']) {
      answers.push(await submit(coordinator, sagaBody(service, gid, { wait_result: true })));
    }
    expect(answers.map(({ status: code, text }) => `${code} ${text}`)).toEqual([
      '500 {"message":"branch rows are missing: 2 of 4 were read"}',
      '500 {"message":"its options are no JSON"}',
    ]);
    expect(service.calls).toEqual([]);
    const { text } = await send('GET', `${coordinator.url}/api/dtmsvr/all?status=submitted`);
    const problem: unknown = expect.stringMatching('^this transaction cannot be run: ');
    const shown = (JSON.parse(text) as { transactions: object[] }).transactions;
    expect(shown).toEqual([
      expect.objectContaining({ gid: 'sound' }),
      expect.objectContaining({ gid: 'unreadable', last_error: problem }),
      expect.objectContaining({ gid: 'damaged', last_error: problem }),
    ]);
    expect(log.of('error')).toHaveLength(2);
  });

  test('can be closed twice', async () => {
    const coordinator = await start();
    await coordinator.close();
    await coordinator.close();
    expect(log.of('error')).toEqual([]);
  });

  test('visits a parked transaction in time, its scans far apart', async () => {
    let open = false;
    service.script = () => (open ? ANSWERS.success : ANSWERS.ongoing);
    const coordinator = await start({ settings: { transCronInterval: 3600 } });
    await submit(coordinator, sagaBody(service, 'g', { retry_interval: 1, wait_result: true }));
    open = true;
    await until(async () => (await status(coordinator, 'g')) === 'succeed');
    expect(service.notation).toEqual(['out[01 action]', 'out[01 action]', 'in[02 action]']);
  });
});
