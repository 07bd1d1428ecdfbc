import { Cleanup } from '../support/cleanup';
import { send } from '../support/http';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { DURABLE_ENGINES } from '../support/store-engine';
import { Flow } from './flow';

const CLIENTS = 20;
/** Nothing here is about calls that take too long, and a machine may stand still for longer than the default. Seconds. */
const PATIENCE_S = '30';

describe('a submit', () => {
  describeEngines(DURABLE_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let flow: Flow;

    beforeAll(async () => {
      flow = await Flow.start(cleanup, { ...(await engine.create(cleanup)), REQUEST_TIMEOUT: PATIENCE_S });
    });

    afterAll(() => cleanup.run());

    test('sent by many at once with one gid runs the saga once, and whoever waits learns its end', async () => {
      const saga = flow.saga('same-gid');
      const replies = await Promise.all(Array.from({ length: CLIENTS }, () => saga.submit({ wait_result: true })));
      const statuses = new Set(replies.map(({ status }) => status));
      expect(statuses).toContain(200);
      // One that arrives when all is over is refused, as any later one is.
      expect([...statuses].filter((status) => status !== 200 && status !== 409)).toEqual([]);
      expect(await saga.state()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(['OUT[01 action]', 'IN[02 action]']);
    });

    test('repeated during a slow call starts nothing, and its client waits for the same end', async () => {
      const saga = flow.saga('slow');
      let release: (answer: 'ok') => void = () => {};
      saga.answers({ OUT: () => new Promise<'ok'>((resolve) => (release = resolve)) });
      const first = saga.submit({ wait_result: true });
      await flow.busi.received(saga.gid, 1);
      const second = saga.submit({ wait_result: true });
      expect((await saga.submit()).status).toBe(200);
      release('ok');
      expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual([200, 200]);
      expect(saga.calls).toEqual(['OUT[01 action]', 'IN[02 action]']);
    });

    test('whose body differs from the first runs what was stored first', async () => {
      const saga = flow.saga('other-body');
      saga.answers({ OUT: '1:wait' });
      await saga.start();
      await saga.settledAfter(1);
      const other = { steps: [saga.step('ELSEWHERE')], payloads: ['{}'] };
      expect((await saga.submit(other)).status).toBe(200);
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(['OUT[01 action]', 'OUT[01 action]', 'IN[02 action]']);
    });

    test('whose client hangs up while it waits goes on', async () => {
      const saga = flow.saga('hang-up');
      let release: (answer: 'ok') => void = () => {};
      saga.answers({ OUT: () => new Promise<'ok'>((resolve) => (release = resolve)) });
      const client = new AbortController();
      const body = JSON.stringify(saga.body({ wait_result: true }));
      const abandoned = send('POST', `${flow.api.url}/api/dtmsvr/submit`, { body, signal: client.signal });
      await flow.busi.received(saga.gid, 1);
      client.abort();
      await expect(abandoned).rejects.toThrow('This operation was aborted');
      release('ok');
      expect(await saga.ended()).toMatchObject({ status: 'succeed' });
    });

    test('of hundreds of sagas side by side ends them all', async () => {
      const sagas = Array.from({ length: 300 }, (_, index) => {
        const saga = flow.saga('crowd');
        if (index % 3 === 0) saga.answers({ IN: 'fail' });
        return saga;
      });
      const replies = await Promise.all(sagas.map((saga) => saga.submit({ wait_result: true })));
      expect(replies.map(({ status }) => status)).toEqual(sagas.map((_, index) => (index % 3 === 0 ? 409 : 200)));
    });
  });
});
