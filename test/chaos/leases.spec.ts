import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { Word } from '../support/fixture/answer';
import { AMOUNT } from '../support/fixture/transfer';
import { SHARED_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { Cluster, RECOVERY_LIMIT_MS } from './cluster';
import { holderOf } from './lease-audit';

const [OUT, IN] = ['OUT[01 action]', 'IN[02 action]'];

describe('two coordinators on one database', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let cluster: Cluster;

    beforeAll(async () => {
      // Small claims, so that many of them meet; and the log says when a run ends because its lease was lost.
      const settings = { CLAIM_BATCH: '5', LOG_LEVEL: 'debug' };
      cluster = await Cluster.start(cleanup, await engine.create(cleanup), [settings, settings]);
    });

    afterAll(() => cleanup.run());

    test('claim what is due side by side, and never the same', async () => {
      const [visits, gids] = [3, Array.from({ length: 60 }, (_, index) => `claimed-${index}`)];
      const sagas = gids.map((gid, index) => cluster.member(index % 2).saga(gid));
      for (const saga of sagas) saga.answers({ OUT: `1-${visits}:wait` });
      await Promise.all(sagas.map((saga) => saga.start()));

      for (let visit = 1; visit <= visits; visit += 1) {
        await Promise.all(sagas.map((saga) => saga.settledAfter(visit)));
        await Promise.all(sagas.map((saga) => saga.revisit()));
      }
      for (const saga of sagas) {
        expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
        expect(saga.calls).toEqual([OUT, OUT, OUT, OUT, IN]);
      }
      const takeovers = await cluster.audit.takeovers(gids);
      expect(takeovers).toHaveLength(visits * gids.length);
      expect(takeovers.filter(({ from }) => from !== '')).toEqual([]);
      expect(takeovers.filter(({ at, due }) => due === undefined || at < due)).toEqual([]);
      expect(new Set(takeovers.map(({ to }) => holderOf(to))).size).toBe(2);
    });

    test.each<Word>(['ok', 'fail'])(
      'one that loses its lease during a call starts no further one when the answer comes: %s',
      async (lateAnswer) => {
        const [first, second] = [held(), held()];
        const sleeper = cluster.member(0);
        const saga = sleeper.saga(`lost-${lateAnswer}`);
        saga.answers({ OUT: (attempt) => (attempt === 1 ? first : second).answer });
        await saga.start();
        await cluster.busi.received(saga.gid, 1);

        sleeper.process.freeze();
        await cluster.busi.received(saga.gid, 2);
        first.release(lateAnswer);
        sleeper.process.thaw();
        await until('it notices', () => sleeper.process.output.includes(`gid=${saga.gid} was taken over`));
        expect(saga.calls).toEqual([OUT, OUT]);
        expect(await cluster.member(1).saga(saga.gid).state()).toMatchObject({ status: 'submitted', rows: 'P P P P' });
        const [takeover] = await cluster.audit.takeovers([saga.gid]);
        expect(await cluster.holding(saga.gid)).toMatchObject({ epoch: 2, owner: takeover?.to });
        expect(takeover?.at).toBeGreaterThanOrEqual(takeover?.leaseEnd ?? Infinity);

        second.release('ok');
        expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
        expect(saga.calls).toEqual([OUT, OUT, IN]);
        expect(cluster.ledger.moved(saga.gid)).toEqual({ OUT: -AMOUNT, IN: AMOUNT });
      },
    );

    test('the scan, submits, aborts and force-stops meet on one saga: there is one winner, and everybody is told so', async () => {
      const [one, other] = [cluster.member(0), cluster.member(1)];
      for (let round = 0; round < 20; round += 1) {
        const saga = one.saga(`contested-${round}`);
        const body = { gid: saga.gid, trans_type: 'saga' };
        const stop = () => Promise.all([one, other].map(({ api }) => api.post('forceStop', body)));
        // In every second round the operators come while the last service answers.
        const isLate = round % 2 === 1;
        let late: ReturnType<typeof stop> = Promise.resolve([]);
        const answerWhileStopped = (): Word => {
          late = stop();
          return 'ok';
        };
        saga.answers({ OUT: '1:wait', ...(isLate && { IN: answerWhileStopped }) });
        await saga.start();
        await saga.settledAfter(1);

        const [stops, aborts, submits] = await Promise.all([
          isLate ? [] : stop(),
          Promise.all([one, other].map(({ api }) => api.post('abort', body))),
          Promise.all([one, other].map(({ api }) => api.submit(saga.body()))),
          saga.revisit(),
        ]);
        const { status } = await saga.ended();
        const stopped = [...stops, ...(await late)].map((reply) => reply.status);
        expect(aborts.map((reply) => reply.status)).toEqual([409, 409]);
        expect(submits.every((reply) => [200, 409].includes(reply.status))).toBe(true);
        expect(stopped.toSorted((a, b) => a - b)).toEqual(status === 'failed' ? [200, 409] : [409, 409]);
        expect([OUT, OUT, IN].slice(0, saga.calls.length)).toEqual(saga.calls);
        // An outcome that comes after the end changes nothing.
        await until('nobody is at work on it', async () => (await cluster.holding(saga.gid)).leaseUntil === undefined);
        expect((await saga.state()).status).toBe(status);
      }
    });
  });
});

describe('a coordinator that dies', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    const cleanup = new Cleanup();

    afterAll(() => cleanup.run());

    test('leaves its sagas to another one after one lease, whatever their retry interval', async () => {
      const cluster = await Cluster.start(cleanup, await engine.create(cleanup), [{}, {}]);
      const [doomed, heir] = [cluster.member(0), cluster.member(1)];
      const [forward, backward] = [doomed.saga('forward'), doomed.saga('backward')];
      forward.answers({ OUT: '1:hang' });
      backward.answers({ IN: 'fail', 'OUT.rev': '1:hang' });
      for (const saga of [forward, backward]) await saga.start({ retry_interval: 3600, request_timeout: 3600 });
      await cluster.busi.received(forward.gid, 1);
      await cluster.busi.received(backward.gid, 4);

      const killedAt = await cluster.sql.serverTime();
      await doomed.process.kill();
      expect(await heir.saga(forward.gid).ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(await heir.saga(backward.gid).ended()).toMatchObject({ status: 'failed', rows: 'S S S F' });
      expect(forward.calls).toEqual([OUT, OUT, IN]);
      expect(backward.calls).toEqual([
        OUT,
        IN,
        'IN.rev[02 compensate]',
        'OUT.rev[01 compensate]',
        'OUT.rev[01 compensate]',
      ]);
      const takeovers = await cluster.audit.takeovers();
      expect(takeovers.map(({ gid, epoch }) => [gid, epoch])).toEqual([
        ['backward', 2],
        ['forward', 2],
      ]);
      for (const { at, leaseEnd } of takeovers) {
        expect(at).toBeGreaterThanOrEqual(leaseEnd ?? Infinity);
        expect(at - killedAt).toBeLessThanOrEqual(RECOVERY_LIMIT_MS);
      }
    });
  });
});

/** An answer that is given when the test says so. */
function held(): { readonly answer: Promise<Word>; release(word: Word): void } {
  let release: (word: Word) => void = () => {};
  const answer = new Promise<Word>((resolve) => (release = resolve));
  return { answer, release: (word) => release(word) };
}
