import { newGid } from '@nestjs-dtx/protocol';
import { ANSWERS, ScriptedService, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { CoordinatorRig, sagaBody } from '../coordinator-rig.spec-helper';
import type { Alert } from './alert';

describe('alerts about a transaction', () => {
  let service: ScriptedService;
  let pager: ScriptedService;
  let log: CapturedLog;
  let rig: CoordinatorRig;
  let gid: string;

  beforeEach(async () => {
    log = CapturedLog.start();
    [service, pager] = await Promise.all([ScriptedService.start(), ScriptedService.start()]);
    rig = CoordinatorRig.create({ settings: { alertWebHook: `${pager.url}/alerts` } });
    gid = newGid();
    service.script = () => ANSWERS.error;
  });

  afterEach(async () => {
    await Promise.all([rig.close(), service.stop(), pager.stop()]);
    log.restore();
  });

  const received = (): Alert[] => pager.calls.map(({ body }) => JSON.parse(String(body)) as Alert);
  const counts = (): number[] => received().map(({ retry_count }) => retry_count);

  async function submitAndRest(more: object = {}): Promise<void> {
    await rig.submit(sagaBody(service, gid, more));
    await rig.idle();
  }

  async function visits(count: number): Promise<void> {
    for (let visit = 0; visit < count; visit += 1) await rig.visit(gid);
  }

  test('come when its calls have failed three times, then whenever their number has doubled', async () => {
    await submitAndRest({ business_key: 'order-7' });
    await visits(12);
    await until(() => pager.calls.length === 3);
    expect(counts()).toEqual([3, 6, 12]);
    expect(received()[0]).toEqual({
      gid,
      status: 'submitted',
      branch: `${service.url}/out`,
      error: 'status 500: {"message":"broken"}',
      retry_count: 3,
      kind: 'retry',
      trans_type: 'saga',
      branch_id: '01',
      op: 'action',
      business_key: 'order-7',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  test('count from the last success', async () => {
    await submitAndRest();
    await visits(1);
    service.script = ({ path }) => (path === '/out' ? ANSWERS.success : ANSWERS.error);
    await visits(3);
    await until(() => pager.calls.length === 1);
    expect(received()).toEqual([expect.objectContaining({ branch: `${service.url}/in`, retry_count: 3 })]);
  });

  test('are not about ONGOING, which is no error', async () => {
    service.script = () => ANSWERS.ongoing;
    await submitAndRest();
    await visits(5);
    service.script = () => ANSWERS.error;
    await visits(3);
    await until(() => pager.calls.length === 1);
    expect(counts()).toEqual([3]);
  });

  test('come for immediate retries as well (SAGA-29)', async () => {
    service.script = () => (service.calls.length <= 3 ? ANSWERS.error : ANSWERS.success);
    await submitAndRest({ retry_limit: 3 });
    expect(await rig.state(gid)).toBe('succeed P S P S');
    await until(() => pager.calls.length === 1);
    expect(received()).toEqual([expect.objectContaining({ gid, retry_count: 3, op: 'action' })]);
  });

  test('come from whichever coordinator makes the call that matters, as the count is durable', async () => {
    await submitAndRest();
    await visits(1);
    const settings = { alertWebHook: pager.url };
    const next = CoordinatorRig.create({ store: rig.store, settings, clock: rig.clock });
    rig.clock.advance((await rig.dueInMs(gid))!);
    await next.scan();
    await next.idle();
    await until(() => pager.calls.length === 1);
    expect(counts()).toEqual([3]);
    await next.close();
  });

  test.each([
    ['the check-back of a message', { trans_type: 'msg' }, 'msg'],
    [
      'the callback of a workflow',
      { trans_type: 'workflow', steps: [], custom_data: '{"name":"transfer","data":null}' },
      'transfer',
    ],
  ])('come for %s', async (_name, more, op) => {
    await rig.prepare(sagaBody(service, gid, { query_prepared: `${service.url}/check`, ...more }));
    await visits(3);
    await until(() => pager.calls.length === 1);
    expect(received()).toEqual([
      expect.objectContaining({
        gid,
        status: 'prepared',
        branch: `${service.url}/check`,
        branch_id: '00',
        op,
        retry_count: 3,
      }),
    ]);
  });

  describe('come at once for an answer that the mode forbids', () => {
    beforeEach(async () => {
      service.script = () => ANSWERS.failure;
      await submitAndRest();
      await until(() => pager.calls.length === 1);
    });

    test('with its text, and once more at each count that any failure is told at', async () => {
      expect(await rig.state(gid)).toBe('aborting P F P P');
      expect(received()).toEqual([
        expect.objectContaining({
          kind: 'incident',
          status: 'aborting',
          branch: `${service.url}/out-undo`,
          op: 'compensate',
          error: expect.stringContaining('insufficient funds'),
          retry_count: 1,
        }),
      ]);
      await visits(5);
      await until(() => pager.calls.length === 3);
      expect(counts()).toEqual([1, 3, 6]);
      expect((await rig.read(gid)).transaction.lastError).toMatch(/^branch 01: compensate must not refuse, /);
    });

    test('but not again after a restart', async () => {
      const next = CoordinatorRig.create({ store: rig.store, settings: { alertWebHook: pager.url }, clock: rig.clock });
      for (let visit = 0; visit < 2; visit += 1) {
        rig.clock.advance((await rig.dueInMs(gid))!);
        await next.scan();
        await next.idle();
      }
      await until(() => pager.calls.length === 2);
      expect(counts()).toEqual([1, 3]);
      await next.close();
    });

    test('and again when it has been something else meanwhile', async () => {
      service.script = () => ANSWERS.error;
      await visits(3);
      service.script = () => ANSWERS.failure;
      await visits(1);
      await until(() => pager.calls.length === 3);
      expect(received().map(({ kind, retry_count }) => `${kind} ${retry_count}`)).toEqual([
        'incident 1',
        'retry 3',
        'incident 5',
      ]);
    });
  });

  test('come when nothing more will be done: max_attempts is used up', async () => {
    await submitAndRest({ max_attempts: 2 });
    await visits(1);
    expect(await rig.dueInMs(gid)).toBeNull();
    await until(() => pager.calls.length === 1);
    expect(received()).toEqual([expect.objectContaining({ kind: 'incident', branch: '', op: '', retry_count: 2 })]);
  });

  test('come once for rows that make no sense', async () => {
    await submitAndRest();
    const { transaction } = await rig.read(gid);
    const { epoch } = transaction;
    const patch = { customData: '{"orders":7}' };
    await rig.store.write({ kind: 'change', gid, from: 'submitted', to: 'submitted', patch, unheldOnly: false });
    expect((await rig.read(gid)).transaction.epoch).toBe(epoch + 1);
    await visits(3);
    await until(() => pager.calls.length === 1);
    expect(received()).toEqual([
      expect.objectContaining({ kind: 'incident', branch: '', error: expect.stringContaining('cannot be run') }),
    ]);
    expect(log.of('error').filter((line) => line.includes('cannot be run'))).toHaveLength(3);
  });

  test('that the web hook refuses change nothing about the transaction (MSG-11)', async () => {
    pager.script = () => ANSWERS.error;
    await submitAndRest();
    await visits(2);
    await until(() => pager.calls.length >= 1);
    service.script = () => ANSWERS.success;
    await visits(1);
    expect(await rig.state(gid)).toBe('succeed P S P S');
    expect(log.of('error')).toEqual(['error alerts cannot be delivered and will be repeated: status 500']);
  });

  test('are nobody’s without a web hook', async () => {
    await rig.close();
    rig = CoordinatorRig.create();
    expect(rig.parts.alerts).toBeUndefined();
    await submitAndRest();
    await visits(5);
    expect(pager.calls).toEqual([]);
  });
});
