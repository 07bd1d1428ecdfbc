import type { ServiceAnnouncement } from '@nestjs-dtx/protocol';
import { Cleanup } from '../support/cleanup';
import { FixtureService } from '../support/fixture/fixture-service';
import { payload } from '../support/fixture/transfer';
import { freePort } from '../support/free-port';
import { get, post, send } from '../support/http';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { DURABLE_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { Flow } from './flow';

/** Steps by name, resolved at each call (design 6). */
describe('the service registry', () => {
  const cleanup = new Cleanup();
  let flow: Flow;

  beforeAll(async () => {
    flow = await Flow.start(cleanup, { RETRY_INTERVAL: '1' });
  });

  afterAll(() => cleanup.run());

  test('resolves steps by name, action and compensation alike', async () => {
    await announce(flow, bank('bank-a', flow.busi));
    const saga = flow.saga('by-name');
    saga.answers({ IN: 'fail' });
    expect((await saga.submit({ ...steps('bank-a/out', 'bank-a/in'), wait_result: true })).status).toBe(409);
    expect(saga.calls).toEqual(['OUT[01 action]', 'IN[02 action]', 'IN.rev[02 compensate]', 'OUT.rev[01 compensate]']);
  });

  test('makes no call for a handler that declares it needs none', async () => {
    const handlers = { out: { action: '/OUT', compensate: null }, in: { action: '/IN', compensate: '/IN.rev' } };
    await announce(flow, { ...bank('bank-null', flow.busi), handlers });
    const saga = flow.saga('no-undo');
    saga.answers({ IN: 'fail' });
    await saga.submit({ ...steps('bank-null/out', 'bank-null/in'), wait_result: true });
    expect(await saga.state()).toMatchObject({ status: 'failed', rows: 'S S S F' });
    expect(saga.calls).toEqual(['OUT[01 action]', 'IN[02 action]', 'IN.rev[02 compensate]']);
  });

  test('leaves a saga open until its service appears', async () => {
    const saga = flow.saga('early');
    expect((await saga.submit(steps('latecomer/out'))).status).toBe(200);
    const open = await until('the step is tried', async () => {
      const state = await saga.state();
      return state.transaction.last_error !== undefined && state;
    });
    expect(open.transaction.last_error).toContain('service latecomer has no live instance');
    await announce(flow, bank('latecomer', flow.busi));
    expect(await saga.ended()).toMatchObject({ status: 'succeed' });
  });

  test('takes turns among live instances and passes over those that are withdrawn or silent', async () => {
    const other = await FixtureService.start();
    cleanup.add(() => other.stop());
    await announce(flow, bank('pair', flow.busi, 'one'));
    await announce(flow, bank('pair', other, 'two'));
    await announce(flow, { ...bank('pair', other, 'silent'), url: `http://127.0.0.1:${await freePort()}`, ttl: 1 });
    await until('the silent instance is taken for dead', async () =>
      (await instances(flow)).some(({ instance, live }) => instance === 'silent' && !live),
    );

    const both = flow.saga('both');
    await both.submit({ ...steps('pair/out', 'pair/in'), wait_result: true });
    expect([both.records.length, other.calls(both.gid).length]).toEqual([1, 1]);

    const url = `${flow.api.url}/api/v2/services/pair/two`;
    expect((await send('DELETE', url)).status).toBe(200);
    expect(await send('DELETE', url)).toMatchObject({ status: 404, json: { code: 'DTX_NOT_FOUND' } });
    const alone = flow.saga('alone');
    await alone.submit({ ...steps('pair/out', 'pair/in'), wait_result: true });
    expect([alone.records.length, other.calls(alone.gid).length]).toEqual([2, 0]);
  });

  test('follows an instance that announces a new address', async () => {
    const moved = await FixtureService.start();
    cleanup.add(() => moved.stop());
    await announce(flow, bank('mover', flow.busi));
    await announce(flow, bank('mover', moved));
    const saga = flow.saga('moved');
    await saga.submit({ ...steps('mover/out'), wait_result: true });
    expect([saga.records.length, moved.calls(saga.gid).length]).toEqual([0, 1]);
  });

  describeEngines(DURABLE_ENGINES, (engine) => {
    test('survives a restart of the coordinator without a heartbeat', async () => {
      const store = await engine.create(cleanup);
      const before = await Flow.startWith(cleanup, flow.busi, { ...store, RETRY_INTERVAL: '1' });
      await announce(before, bank('survivor', flow.busi));
      await before.coordinator.kill();
      const after = await Flow.startWith(cleanup, flow.busi, { ...store, RETRY_INTERVAL: '1' });
      const saga = after.saga(`survivor-${engine.name}`);
      expect((await saga.submit({ ...steps('survivor/out', 'survivor/in'), wait_result: true })).status).toBe(200);
      expect(saga.calls).toEqual(['OUT[01 action]', 'IN[02 action]']);
    });
  });
});

function bank(service: string, busi: FixtureService, instance = 'one'): ServiceAnnouncement {
  const handlers = { out: { action: '/OUT', compensate: '/OUT.rev' }, in: { action: '/IN', compensate: '/IN.rev' } };
  return { service, instance, url: busi.url, handlers, ttl: 30 };
}

function steps(...names: string[]) {
  const urls = names.map((name) => ({ action: `svc://${name}`, compensate: `svc://${name}` }));
  return { steps: urls, payloads: names.map(() => payload()) };
}

async function announce({ api }: Flow, announcement: ServiceAnnouncement): Promise<void> {
  const reply = await post(`${api.url}/api/v2/services`, announcement);
  expect(reply).toMatchObject({ status: 200, json: { dtm_result: 'SUCCESS' } });
}

async function instances({ api }: Flow): Promise<(ServiceAnnouncement & { live: boolean })[]> {
  const { json } = await get(`${api.url}/api/v2/services`);
  return (json as { services: (ServiceAnnouncement & { live: boolean })[] }).services;
}
