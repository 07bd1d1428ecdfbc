import { Cleanup } from '../support/cleanup';
import type { CommitChoice } from '../support/commit-text';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { Word } from '../support/fixture/answer';
import { AMOUNT } from '../support/fixture/transfer';
import type { Reply } from '../support/http';
import type { SagaCase } from '../support/saga-case';
import { SHARED_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { Cluster, RECOVERY_LIMIT_MS, type Member } from './cluster';
import { Relay } from './relay';

/** Until the server ends a database transaction whose client has fallen silent, with room for a slow machine. Milliseconds. */
const LOCKS_LIMIT_MS = 10_000;
/** Longer than the locks last, as by default: a lease whose commit has waited for its end is no longer good for anything. */
const LEASE = { LEASE_SECONDS: '5' };
const PATIENCE = { withinMs: RECOVERY_LIMIT_MS + LOCKS_LIMIT_MS, everyMs: 50 };

/** The worst moment for a pause: the database is about to commit for somebody who does not know that time passes. */
describe('a coordinator frozen right before a commit', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    let cleanup: Cleanup;
    let cluster: Cluster;
    let relay: Relay;
    let sleeper: Member;
    let steady: Member;
    /** Longest that the other one took for a saga of its own meanwhile. */
    let slowestMs: number;

    beforeEach(async () => {
      cleanup = new Cleanup();
      slowestMs = 0;
      const store = await engine.create(cleanup);
      relay = await Relay.start(cleanup, Number(store['STORE_PORT']));
      cluster = await Cluster.start(cleanup, store, [{ ...LEASE, STORE_PORT: String(relay.address) }, LEASE]);
      [sleeper, steady] = [cluster.member(0), cluster.member(1)];
    });

    afterEach(() => cleanup.run());

    test('of an outcome: another one takes the saga over and repeats that one call', async () => {
      const saga = sleeper.saga('outcome');
      let answer: (word: Word) => void = () => {};
      const first = new Promise<Word>((resolve) => (answer = resolve));
      saga.answers({ OUT: (attempt) => (attempt === 1 ? first : 'ok') });
      await saga.start();
      await cluster.busi.received(saga.gid, 1);
      const held = relay.commitHeld(saga.gid);
      answer('ok');
      await held;
      sleeper.process.freeze();

      const other = steady.saga(saga.gid);
      await until(
        'it is finished',
        () => whileOthersRun(async () => (await other.state()).status === 'succeed'),
        PATIENCE,
      );
      await wakesUp();
      expect(saga.calls).toEqual(['OUT[01 action]', 'OUT[01 action]', 'IN[02 action]']);
      expect(cluster.ledger.moved(saga.gid)).toEqual({ OUT: -AMOUNT, IN: AMOUNT });
    });

    test('of a submit: its client sends it to another one, which accepts it and runs it alone', async () => {
      const saga = sleeper.saga('submit');
      const lost = await frozenAtSubmit(saga, {});
      const again = await runByTheOther(saga);
      await wakesUp();
      // Whatever the first client is told at last, it is no word of success for something that does not exist.
      expect([200, 409, 503]).toContain((await lost.reply)?.status);
      expect(await again.state()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(['OUT[01 action]', 'IN[02 action]']);
    });

    test('of the submit of a prepared one, whose lock it holds: another one accepts it and runs it alone', async () => {
      const saga = sleeper.saga('prepared');
      expect((await sleeper.api.post('prepare', saga.body())).status).toBe(200);
      const lost = await frozenAtSubmit(saga, { looked: true });
      expect(await isLocked(saga.gid)).toBe(true);
      const again = await runByTheOther(saga);
      await wakesUp();
      expect([200, 409, 503]).toContain((await lost.reply)?.status);
      expect(await again.state()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(['OUT[01 action]', 'IN[02 action]']);
    }, 60_000);

    /** @returns what its client hears in the end */
    async function frozenAtSubmit(
      saga: SagaCase,
      choice: CommitChoice,
    ): Promise<{ reply: Promise<Reply | undefined> }> {
      const held = relay.commitHeld(saga.gid, choice);
      const reply = saga.submit().catch(() => undefined);
      await held;
      sleeper.process.freeze();
      return { reply };
    }

    async function runByTheOther({ gid }: SagaCase): Promise<SagaCase> {
      const again = steady.saga(gid);
      await until('it is accepted', () => whileOthersRun(() => isAccepted(again)), PATIENCE);
      await again.ended();
      return again;
    }

    /** Whether somebody holds the row, or is about to make it. */
    async function isLocked(gid: string): Promise<boolean> {
      const free = await cluster.sql.query(`SELECT gid FROM trans_global WHERE gid = '${gid}' FOR UPDATE SKIP LOCKED`);
      return free.length === 0;
    }

    /** The other coordinator has work of its own meanwhile, which nothing may keep waiting for longer than the locks last. */
    async function whileOthersRun<T>(work: () => Promise<T>): Promise<T> {
      const startedAt = performance.now();
      const own = steady.saga(`own-${startedAt}`);
      const [found] = await Promise.all([work(), own.start().then(() => own.ended())]);
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      return found;
    }

    async function isAccepted(saga: SagaCase): Promise<boolean> {
      const { status } = await saga.submit();
      return status === 200;
    }

    async function wakesUp(): Promise<void> {
      sleeper.process.thaw();
      relay.release();
      let tries = 0;
      await until('it takes work again', async () => {
        const { status } = await sleeper.saga(`awake-${tries++}`).submit({ wait_result: true });
        return status === 200;
      });
      expect(slowestMs).toBeLessThan(LOCKS_LIMIT_MS);
    }
  });
});
