import { Cleanup } from '../support/cleanup';
import { get } from '../support/http';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { DURABLE_ENGINES, type StoreEngine } from '../support/store-engine';
import { ended } from '../support/saga-state';
import { until } from '../support/until';
import { Flow } from './flow';

/** So long that whatever resumes sooner cannot have waited for a lease or for an interval. Seconds. */
const LONG = { LEASE_SECONDS: '60', RETRY_INTERVAL: '60', SHUTDOWN_TIMEOUT: '30' };

/**
 * For transactions that a coordinator leaves behind with a lease. The next one on the same folder knows that nobody else
 * can be at work on them; on a server it has to wait for the end of the lease.
 */
const leavingLeases = ({ shared }: StoreEngine) => ({ ...LONG, ...(shared && { LEASE_SECONDS: '2' }) });

describe('a coordinator that is stopped', () => {
  describeEngines(DURABLE_ENGINES, (engine) => {
    const cleanup = new Cleanup();

    afterAll(() => cleanup.run());

    test.concurrent(
      'waits for the call in flight, gives its transactions back, and the next one goes on at once',
      async () => {
        const store = await engine.create(cleanup);
        const flow = await Flow.start(cleanup, { ...store, ...LONG });
        const saga = flow.saga('drain');
        let release: (answer: 'ok') => void = () => {};
        saga.answers({ OUT: () => new Promise<'ok'>((resolve) => (release = resolve)) });
        await saga.start();
        await flow.busi.received(saga.gid, 1);

        flow.coordinator.signal('SIGTERM');
        await until('it refuses new work', () => isUnready(flow));
        expect(saga.calls).toEqual(['OUT[01 action]']);
        release('ok');
        expect(await flow.coordinator.exited).not.toMatchObject({ signal: 'SIGKILL' });
        // What the service said during the drain was recorded, and nothing new was started.
        expect(saga.calls).toEqual(['OUT[01 action]']);

        const next = await Flow.startWith(cleanup, flow.busi, { ...store, ...LONG });
        expect(await ended(next.api, saga.gid)).toMatchObject({ status: 'succeed', rows: 'P S P S' });
        expect(saga.calls).toEqual(['OUT[01 action]', 'IN[02 action]']);
      },
    );

    test.concurrent('does not wait for ever for a call that hangs', async () => {
      const settings = { ...(await engine.create(cleanup)), ...leavingLeases(engine) };
      const flow = await Flow.start(cleanup, { ...settings, SHUTDOWN_TIMEOUT: '1' });
      const saga = flow.saga('hang');
      saga.answers({ OUT: '1:hang' });
      await saga.start({ request_timeout: 3600 });
      await flow.busi.received(saga.gid, 1);
      const askedAt = performance.now();
      await flow.coordinator.stop();
      expect(performance.now() - askedAt).toBeLessThan(6000);
      const next = await Flow.startWith(cleanup, flow.busi, settings);
      expect(await ended(next.api, saga.gid)).toMatchObject({ status: 'succeed' });
      expect(saga.calls).toEqual(['OUT[01 action]', 'OUT[01 action]', 'IN[02 action]']);
    });

    test.concurrent('does not count a call that it cut off itself as an error of the service', async () => {
      const settings = { ...(await engine.create(cleanup)), ...leavingLeases(engine) };
      const flow = await Flow.start(cleanup, { ...settings, SHUTDOWN_TIMEOUT: '1' });
      const saga = flow.saga('limit');
      // One error more than this one would be beyond the limit and roll the saga back.
      saga.answers({ OUT: '1:err,2:hang' });
      await saga.start({ request_timeout: 3600, retry_limit: 1 });
      await flow.busi.received(saga.gid, 2);
      await flow.coordinator.stop();
      const next = await Flow.startWith(cleanup, flow.busi, settings);
      const end = await ended(next.api, saga.gid);
      expect(end).toMatchObject({ status: 'succeed', rows: 'P S P S', reason: '' });
    });

    test.concurrent('answers 503 to a submit during the drain', async () => {
      const flow = await Flow.start(cleanup, { ...(await engine.create(cleanup)), ...LONG });
      const saga = flow.saga('busy');
      let release: (answer: 'ok') => void = () => {};
      saga.answers({ OUT: () => new Promise<'ok'>((resolve) => (release = resolve)) });
      await saga.start();
      await flow.busi.received(saga.gid, 1);
      flow.coordinator.signal('SIGTERM');
      await until('it refuses new work', () => isUnready(flow));
      const reply = await flow.saga('late').submit();
      expect(reply.status).toBe(503);
      expect(reply.text).not.toMatch(/FAILURE|ONGOING/);
      release('ok');
      await flow.coordinator.exited;
    });
  });
});

describe('a coordinator that is killed', () => {
  describeEngines(DURABLE_ENGINES, (engine) => {
    const cleanup = new Cleanup();

    afterAll(() => cleanup.run());

    test.concurrent(
      'is resumed by the next one: at once on a folder of its own, on a server when the lease is over',
      async () => {
        const settings = { ...(await engine.create(cleanup)), ...leavingLeases(engine) };
        const flow = await Flow.start(cleanup, settings);
        const saga = flow.saga('killed');
        saga.answers({ OUT: '1:hang' });
        await saga.start();
        await flow.busi.received(saga.gid, 1);
        await flow.coordinator.kill();
        const next = await Flow.startWith(cleanup, flow.busi, settings);
        expect(await ended(next.api, saga.gid)).toMatchObject({ status: 'succeed' });
        expect(saga.calls).toEqual(['OUT[01 action]', 'OUT[01 action]', 'IN[02 action]']);
      },
    );

    test.concurrent('keeps what it had finished', async () => {
      const store = await engine.create(cleanup);
      const flow = await Flow.start(cleanup, store);
      const saga = flow.saga('finished');
      expect((await saga.submit({ wait_result: true })).status).toBe(200);
      const before = await flow.api.query(saga.gid);
      await flow.coordinator.kill();
      const next = await Flow.startWith(cleanup, flow.busi, store);
      expect(await next.api.query(saga.gid)).toEqual(before);
    });
  });
});

async function isUnready({ api }: Flow): Promise<boolean> {
  return (await get(`${api.url}/api/v2/health/ready`)).status === 503;
}
