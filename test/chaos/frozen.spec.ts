import { Flow } from '../flows/flow';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { Ledger } from '../support/fixture/ledger';
import { AMOUNT } from '../support/fixture/transfer';
import { DURABLE_ENGINES } from '../support/store-engine';
import { until } from '../support/until';

const LEASE_SECONDS = 1;

/** A pause of the machine, as of a virtual one that is moved: the process wakes up in a future that it did not expect. */
describe('a coordinator frozen for longer than its lease', () => {
  describeEngines(DURABLE_ENGINES, (engine) => {
    const cleanup = new Cleanup();

    afterAll(() => cleanup.run());

    test('ends the saga that it was at work on, each effect applied once', async () => {
      const settings = { LEASE_SECONDS: String(LEASE_SECONDS), RETRY_INTERVAL: '1', REQUEST_TIMEOUT: '1' };
      const flow = await Flow.start(cleanup, { ...(await engine.create(cleanup)), ...settings });
      const ledger = new Ledger();
      flow.busi.onSuccess(ledger.apply);
      const saga = flow.saga('frozen');
      let release: (answer: 'ok') => void = () => {};
      saga.answers({ OUT: (attempt) => (attempt === 1 ? new Promise<'ok'>((resolve) => (release = resolve)) : 'ok') });
      await saga.start();
      await flow.busi.received(saga.gid, 1);

      flow.coordinator.freeze();
      const frozenAt = performance.now();
      release('ok');
      await until('its lease is long over', () => performance.now() - frozenAt > 2.5 * LEASE_SECONDS * 1000);
      flow.coordinator.thaw();

      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(ledger.moved()).toEqual({ OUT: -AMOUNT, IN: AMOUNT });
      // The answer may have been lost with the lease: then that one call is made again, and no other.
      expect(saga.calls.filter((call) => call === 'IN[02 action]')).toHaveLength(1);
      expect(saga.calls.length).toBeLessThanOrEqual(3);
    });
  });
});
