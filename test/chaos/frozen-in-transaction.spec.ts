import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { AMOUNT } from '../support/fixture/transfer';
import { SHARED_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { Cluster, RECOVERY_LIMIT_MS, type Member } from './cluster';
import { Relay } from './relay';

const PATIENCE = { withinMs: 30_000, everyMs: 50 };

/** Until the server ends a transaction whose client says nothing any more, with room for a slow machine. Milliseconds. */
const LOCKS_END_WITHIN_MS = 10_000;

/** The worst moment for a pause: the database holds the locks of somebody who does not know that time passes. */
describe('a coordinator frozen right before its commit', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let cluster: Cluster;
    let relay: Relay;
    let sleeper: Member;
    let steady: Member;

    beforeEach(async () => {
      const store = await engine.create(cleanup);
      relay = await Relay.start(cleanup, Number(store['STORE_PORT']));
      cluster = await Cluster.start(cleanup, store, [{ STORE_PORT: String(relay.address) }, {}]);
      [sleeper, steady] = [cluster.member(0), cluster.member(1)];
    });

    afterEach(() => cleanup.run());

    test('of an outcome: another one takes the saga over, and is not held up with what it does itself', async () => {
      const saga = sleeper.saga('outcome');
      const held = relay.commitHeld(saga.gid);
      let answer: () => void = () => {};
      saga.answers({ OUT: (attempt) => (attempt === 1 ? new Promise((resolve) => (answer = () => resolve('ok'))) : 'ok') });
      // Held back is the submit itself, or a renewal, unless the relay is told so late.
      await saga.start();
      await cluster.busi.received(saga.gid, 1);
      answer();
      await held;
      await takesOver('outcome');
    });
  });
});
