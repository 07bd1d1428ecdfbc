import { Cleanup } from '../support/cleanup';
import { FixtureService } from '../support/fixture/fixture-service';
import { payload, step } from '../support/fixture/transfer';
import { until } from '../support/until';
import { Flow } from './flow';

const THRESHOLD = 3;
const CONCURRENCY = 4;
const HUNG_SAGAS = 30;

/** Design 5: one dead service never starves the others. */
describe('a service that hangs', () => {
  const cleanup = new Cleanup();
  let flow: Flow;
  let hung: FixtureService;

  beforeAll(async () => {
    flow = await Flow.start(cleanup, {
      REQUEST_TIMEOUT: '1',
      RETRY_INTERVAL: '1',
      DESTINATION_CONCURRENCY: String(CONCURRENCY),
      DESTINATION_QUEUE: '2',
      BREAKER_THRESHOLD: String(THRESHOLD),
      MAX_IN_FLIGHT: '12',
    });
    hung = await FixtureService.start();
    cleanup.add(() => hung.stop());
  });

  afterAll(() => cleanup.run());

  test('holds few calls, parks the other transactions without one, leaves other services alone, and is tried again', async () => {
    let hangs = true;
    const stuck = Array.from({ length: HUNG_SAGAS }, () => flow.saga('stuck'));
    for (const { gid } of stuck) hung.script(gid, { OUT: () => (hangs ? 'hang' : 'ok') });
    for (const saga of stuck) await saga.start({ steps: [step(hung, 'OUT', '')], payloads: [payload()] });

    // More transactions hang than may be in flight: without parking, nobody else would get a place any more.
    for (let round = 0; round < 10; round += 1) {
      const healthy = flow.saga('healthy');
      const startedAt = performance.now();
      expect((await healthy.submit({ wait_result: true })).status).toBe(200);
      expect(performance.now() - startedAt).toBeLessThan(2000);
    }

    const calls = () => stuck.reduce((sum, { gid }) => sum + hung.calls(gid).length, 0);
    await until('the breaker opens', async () => {
      const errors = await Promise.all(stuck.map(async (saga) => (await saga.state()).transaction.last_error ?? ''));
      return errors.some((text) => /has not answered \d+ calls in a row/.test(text));
    });
    // Far fewer calls than transactions have got through.
    expect(calls()).toBeLessThan(HUNG_SAGAS);
    expect(await stuck[HUNG_SAGAS - 1]?.state()).toMatchObject({ status: 'submitted', rows: 'P P' });

    hangs = false;
    for (const saga of stuck) expect(await saga.ended({ withinMs: 20_000 })).toMatchObject({ status: 'succeed' });
  });
});

describe('a service that is down', () => {
  const cleanup = new Cleanup();

  afterAll(() => cleanup.run());

  test('keeps its saga open until it is back at its address', async () => {
    const flow = await Flow.start(cleanup, { RETRY_INTERVAL: '1' });
    const down = await FixtureService.start();
    await down.stop();
    const saga = flow.saga('down');
    await saga.start({ steps: [saga.step('OUT'), step(down, 'IN')] });
    const open = await until('the step fails', async () => {
      const state = await saga.state();
      return state.transaction.last_error !== undefined && state;
    });
    expect(open).toMatchObject({ status: 'submitted', rows: 'P S P P' });
    expect(open.transaction.last_error).toContain('ECONNREFUSED');

    const back = await FixtureService.start(down.port);
    cleanup.add(() => back.stop());
    expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
    expect(saga.calls).toEqual(['OUT[01 action]']);
    expect(back.log.notation(saga.gid)).toEqual(['IN[02 action]']);
  });
});
