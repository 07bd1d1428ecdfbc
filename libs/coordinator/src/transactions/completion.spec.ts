import type { CompletionNotice } from '@nestjs-dtx/engine';
import { newGid } from '@nestjs-dtx/protocol';
import { ANSWERS, Gate, ScriptedService, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { CoordinatorRig, sagaBody } from '../coordinator-rig.spec-helper';

describe('on_complete', () => {
  let service: ScriptedService;
  let shop: ScriptedService;
  let log: CapturedLog;
  let rig: CoordinatorRig;
  let gid: string;

  beforeEach(async () => {
    log = CapturedLog.start();
    [service, shop] = await Promise.all([ScriptedService.start(), ScriptedService.start()]);
    rig = CoordinatorRig.create();
    gid = newGid();
  });

  afterEach(async () => {
    await Promise.all([rig.close(), service.stop(), shop.stop()]);
    log.restore();
  });

  const body = (more: object = {}): object =>
    sagaBody(service, gid, { on_complete: `${shop.url}/ended`, business_key: 'order-7', ...more });
  const notices = (): CompletionNotice[] => shop.calls.map((call) => JSON.parse(String(call.body)) as CompletionNotice);

  async function submitAndRest(more: object = {}): Promise<void> {
    await rig.submit(body(more));
    await rig.idle();
  }

  /** Waits until the call was made and the row has nothing to be visited for. */
  async function told(): Promise<void> {
    await until(async () => (await rig.dueInMs(gid)) === null);
    await rig.idle();
  }

  test('is told of a success right after it, once', async () => {
    await submitAndRest();
    await told();
    expect(await rig.state(gid)).toBe('succeed P S P S');
    expect(notices()).toEqual([
      {
        gid,
        trans_type: 'saga',
        status: 'succeed',
        rollback_reason: '',
        result: '',
        business_key: 'order-7',
        create_time: '2026-01-01T00:00:00.000Z',
        end_time: '2026-01-01T00:00:00.000Z',
      },
    ]);
    expect(shop.calls[0]).toMatchObject({ method: 'POST', path: '/ended' });
    expect(shop.calls[0]?.query).toEqual({ gid, trans_type: 'saga', branch_id: '00', op: 'on_complete' });
    rig.clock.advance(3_600_000);
    expect(await rig.scan()).toBe(0);
  });

  test('is told of a rollback with its reason', async () => {
    service.script = ({ path }) => (path === '/in' ? ANSWERS.failure : ANSWERS.success);
    await submitAndRest({ branch_headers: { 'x-tenant': 'acme' } });
    await told();
    expect(notices()).toEqual([
      expect.objectContaining({ status: 'failed', rollback_reason: expect.stringContaining('insufficient funds') }),
    ]);
    expect(shop.calls[0]?.headers['x-tenant']).toBe('acme');
  });

  test('does not hold up a client that waits for the end', async () => {
    const gate = new Gate();
    shop.script = async () => {
      await gate.pass();
      return ANSWERS.success;
    };
    expect(await rig.submit(body({ wait_result: true }))).toEqual({ result: 'success' });
    await shop.received(1);
    gate.open();
    await told();
    expect(shop.calls).toHaveLength(1);
  });

  test('is called again with back-off until it has taken the news, and the transaction says so', async () => {
    shop.script = () => ANSWERS.error;
    await submitAndRest({ retry_interval: 1 });
    for (const [attempts, seconds] of [2, 4, 8].entries()) {
      const due = await until(async () => {
        const { transaction } = await rig.read(gid);
        return transaction.attempts === attempts + 1 && (await rig.dueInMs(gid));
      });
      expect(due).toBeGreaterThanOrEqual(seconds * 1000);
      expect(due).toBeLessThanOrEqual(seconds * 1100 + 1);
      expect((await rig.read(gid)).transaction).toMatchObject({
        status: 'succeed',
        lastError: /* prettier-ignore */ 'status 500: {"message":"broken"}',
      });
      if (seconds < 8) await rig.visit(gid);
    }
    shop.script = () => ({ status: 202, body: 'FAILURE is what I was told' });
    await rig.visit(gid);
    expect(await rig.dueInMs(gid)).toBeNull();
    expect((await rig.read(gid)).transaction).toMatchObject({ attempts: 0, lastError: '' });
    expect(shop.calls).toHaveLength(4);
    expect(log.of('warn').filter((line) => line.includes('op=on_complete'))).toHaveLength(3);
  });

  test('is told by whoever finds the transaction, when its coordinator is gone', async () => {
    const gate = new Gate();
    shop.script = async () => {
      await gate.pass();
      return ANSWERS.success;
    };
    await submitAndRest();
    await shop.received(1);
    const next = CoordinatorRig.create({ store: rig.store, clock: rig.clock });
    shop.script = () => ANSWERS.success;
    rig.clock.advance(10_000);
    expect(await next.scan()).toBe(1);
    await next.idle();
    expect(shop.calls).toHaveLength(2);
    gate.open();
    await rig.idle();
    expect(await next.scan()).toBe(0);
    expect((await rig.read(gid)).transaction).toMatchObject({
      status: 'succeed',
      leaseUntil: null,
      nextCronTime: null,
    });
    await next.close();
  });

  test('is told of a stop by force', async () => {
    service.script = () => ANSWERS.error;
    await submitAndRest();
    await rig.parts.transactions.forceStop(gid);
    await rig.scan();
    await told();
    expect(notices()).toEqual([expect.objectContaining({ status: 'failed', rollback_reason: '' })]);
  });

  test.each([
    ['tcc', 'failed'],
    ['xa', 'failed'],
    ['msg', 'failed'],
  ])('is told when a %s is aborted', async (trans_type, status) => {
    const prepared = { trans_type, steps: [], payloads: [], query_prepared: `${service.url}/check` };
    await rig.prepare(body(prepared));
    await rig.parts.transactions.abort(gid, 'not today');
    await rig.idle();
    await rig.scan();
    await told();
    expect(notices()).toEqual([expect.objectContaining({ gid, trans_type, status })]);
  });

  test('is told of the result of a workflow', async () => {
    const workflow = { trans_type: 'workflow', steps: [], custom_data: '{"name":"transfer","data":null}' };
    await rig.prepare(body(workflow));
    const outcome = { req_extra: { status: 'succeed', result: 'eyJuIjo3fQ==' } };
    await rig.submit(body({ ...workflow, ...outcome }));
    await rig.scan();
    await told();
    expect(notices()).toEqual([
      expect.objectContaining({ trans_type: 'workflow', status: 'succeed', result: 'eyJuIjo3fQ==' }),
    ]);
  });

  test('may be a handler of a registered service: its own for ends of transactions, or its action', async () => {
    for (const [name, handlers] of [
      ['own', { action: '/other', on_complete: '/told' }],
      ['plain', { action: '/told' }],
    ] as const) {
      await rig.parts.registry.announce({
        service: name,
        instance: 'one',
        url: shop.url,
        handlers: { ended: handlers },
        ttl: 30,
      });
      gid = newGid();
      await submitAndRest({ on_complete: `svc://${name}/ended` });
      await told();
    }
    expect(shop.calls.map(({ path }) => path)).toEqual(['/told', '/told']);
  });

  test('is called by plain HTTP, whatever its transaction calls its branches by', async () => {
    service.script = () => ({ status: 200, body: '{"jsonrpc":"2.0","id":"1","result":{}}' });
    await submitAndRest({ protocol: 'json-rpc', on_complete: `${shop.url}/ended?method=told` });
    await told();
    expect(notices()).toEqual([expect.objectContaining({ gid, status: 'succeed' })]);
  });

  test('is given up after max_attempts, and tried once more when somebody makes it due', async () => {
    shop.script = () => ANSWERS.error;
    await submitAndRest({ max_attempts: 2 });
    await until(async () => (await rig.read(gid)).transaction.attempts === 1);
    await rig.idle();
    await rig.visit(gid);
    expect(await rig.dueInMs(gid)).toBeNull();
    expect(log.of('error')).toEqual([expect.stringContaining('is given up after 2 failed calls')]);
    shop.script = () => ANSWERS.success;
    await rig.parts.queries.rearm(gid);
    await rig.scan();
    await told();
    expect(shop.calls).toHaveLength(3);
  });

  test.each(['ftp://shop/ended', 'shop/ended', 'svc://shop'])(
    'is refused as %s, and nothing is stored',
    async (url) => {
      await expect(rig.submit(body({ on_complete: url }))).rejects.toMatchObject({
        code: 'DTX_INVALID_REQUEST',
        field: 'on_complete',
      });
      expect(await rig.store.find(gid)).toBeUndefined();
    },
  );
});
