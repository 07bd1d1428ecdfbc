import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { STORE_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { Flow } from './flow';

/** Intervals so long that no visit comes by itself. Seconds. */
const [NEAR, FAR] = [90, 110];

describe('administration of transactions', () => {
  describeEngines(STORE_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let flow: Flow;

    beforeAll(async () => {
      flow = await Flow.start(cleanup, await engine.create(cleanup));
    });

    afterAll(() => cleanup.run());

    test('resetCronTime makes those due that are farther away than told, up to a limit', async () => {
      const near = await waiting('near', NEAR);
      const far = await Promise.all(Array.from({ length: 3 }, () => waiting('far', FAR)));
      expect((await flow.api.get('resetCronTime?timeout=100&limit=2')).json).toEqual({
        has_remaining: true,
        succeed_count: 2,
      });
      expect((await flow.api.get('resetCronTime?timeout=100&limit=10')).json).toEqual({
        has_remaining: false,
        succeed_count: 1,
      });
      for (const saga of far) expect(await saga.ended()).toMatchObject({ status: 'succeed' });
      expect(near.calls).toHaveLength(1);
      expect((await flow.api.get('resetCronTime?timeout=80&limit=1')).json).toMatchObject({ succeed_count: 1 });
      expect(await near.ended()).toMatchObject({ status: 'succeed' });
      expect((await flow.api.get('resetCronTime?timeout=1')).json).toEqual({ has_remaining: false, succeed_count: 0 });
    });

    test('resetCronTime leaves out, by default, what is due within three time-outs', async () => {
      const saga = await waiting('default', 100);
      expect((await flow.api.get('resetCronTime')).json).toEqual({ has_remaining: false, succeed_count: 0 });
      expect(saga.calls).toHaveLength(1);
    });

    test('resetNextCronTime makes one unfinished transaction due now, and it is visited', async () => {
      const saga = await waiting('one', FAR);
      const before = Date.parse((await saga.state()).transaction.next_cron_time ?? '');
      expect(before - Date.now()).toBeGreaterThan((FAR - 20) * 1000);
      expect((await flow.api.post('resetNextCronTime', { gid: saga.gid })).status).toBe(200);
      expect(await saga.ended({ withinMs: 5000 })).toMatchObject({ status: 'succeed' });
      expect(saga.calls).toHaveLength(3);
    });

    test('abort of a saga is refused, as only its steps can fail it', async () => {
      const saga = await waiting('abort', FAR);
      const reply = await flow.api.post('abort', { gid: saga.gid, trans_type: 'tcc' });
      expect(reply).toMatchObject({ status: 409, json: { dtm_result: 'FAILURE' } });
      expect(await saga.state()).toMatchObject({ status: 'submitted' });
    });

    test('forceStop wins over a call in flight, whose outcome is not recorded any more', async () => {
      const saga = flow.saga('stop');
      let release: (answer: 'ok') => void = () => {};
      saga.answers({ OUT: () => new Promise<'ok'>((resolve) => (release = resolve)) });
      await saga.start();
      await flow.busi.received(saga.gid, 1);
      expect((await flow.api.post('forceStop', { gid: saga.gid })).status).toBe(200);
      release('ok');
      await until('the call is answered', () => saga.records[0]?.answeredAt !== undefined);
      const witness = flow.saga('witness');
      expect((await witness.submit({ wait_result: true })).status).toBe(200);
      expect(await saga.state()).toMatchObject({ status: 'failed', rows: 'P P P P' });
      expect(saga.calls).toEqual(['OUT[01 action]']);
      expect((await flow.api.post('forceStop', { gid: saga.gid })).status).toBe(409);
    });

    test('a prepared saga waits for its submit and is not polled', async () => {
      const saga = flow.saga('prepared');
      expect((await flow.api.prepare(saga.body({ retry_interval: 1 }))).status).toBe(200);
      const witness = flow.saga('witness');
      witness.answers({ OUT: '1-2:wait' });
      await witness.start({ retry_interval: 1 });
      await witness.ended();
      expect(saga.calls).toEqual([]);
      expect((await saga.submit({ wait_result: true })).status).toBe(200);
      expect(await saga.state()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
    });

    /** Starts a saga whose first step is not done yet. */
    async function waiting(name: string, seconds: number) {
      const saga = flow.saga(name);
      saga.answers({ OUT: '1:wait' });
      await saga.start({ retry_interval: seconds });
      await saga.settledAfter(1);
      return saga;
    }
  });
});
