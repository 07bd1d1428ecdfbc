import { join } from 'node:path';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { SagaCase } from '../support/saga-case';
import { SHARED_ENGINES } from '../support/store-engine';
import { PROJECT_ROOT } from '../support/project-root';
import { until } from '../support/until';
import { Cluster, LEASE_MS, RECOVERY_LIMIT_MS, type Holding, type Member } from './cluster';

const HOUR_MS = 3600 * 1000;
/** Seconds. */
const INTERVAL = 2;
const TIMEOUT = 3;
/** For a machine on which every core is taken; nothing beside an hour. Milliseconds. */
const TOLERANCE_MS = 10_000;

/** Coordinators by how wrong their clocks are. Milliseconds. */
const SHIFTS = [0, HOUR_MS, -HOUR_MS] as const;
const [RIGHT, AHEAD, BEHIND] = [0, 1, 2];

describe('coordinators whose clocks are an hour ahead and an hour behind, beside one whose clock is right', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let cluster: Cluster;

    beforeAll(async () => {
      cluster = await Cluster.start(cleanup, await engine.create(cleanup), SHIFTS.map(wrongClock));
      // Started together, so that the tests wait for all of them at once.
      for (const index of SHIFTS.keys()) {
        await start(index, 'due', { OUT: '1:wait' }, { retry_interval: INTERVAL, timeout_to_fail: 600 });
        await start(index, 'late', { OUT: 'wait' }, { retry_interval: 1, timeout_to_fail: TIMEOUT });
        await start(index, 'held', { OUT: '1:hang' }, { request_timeout: 600 });
      }
    });

    afterAll(() => cleanup.run());

    describe.each(SHIFTS.map((shiftMs, index) => ({ shiftMs, index })))(
      'shifted by $shiftMs ms',
      ({ shiftMs, index }) => {
        test('believe so', () => {
          const [, told = ''] =
            /this process believes that it is (\S+)/.exec(cluster.member(index).process.output) ?? [];
          expect(Math.abs(new Date(told).getTime() - Date.now() - shiftMs)).toBeLessThan(HOUR_MS / 2);
        });

        test('store the times of the database, and tell them like the others', async () => {
          const saga = sagaOf(index, 'times');
          const before = await cluster.sql.serverTime();
          expect((await saga.submit({ wait_result: true })).status).toBe(200);
          const after = await cluster.sql.serverTime();
          const [told, ...others] = await Promise.all(cluster.members.map(({ api }) => api.query(saga.gid)));
          expect(others).toEqual([told, told]);
          const created = instantOf(told?.transaction?.create_time);
          expect(created).toBeGreaterThanOrEqual(before);
          expect(instantOf(told?.transaction?.finish_time)).toBeGreaterThanOrEqual(created);
          expect(after).toBeGreaterThanOrEqual(instantOf(told?.transaction?.finish_time));
        });

        test('make transactions due at the right time, and take none for timed out that is not', async () => {
          const { transaction } = await sagaOf(index, 'due').ended();
          expect(transaction.status).toBe('succeed');
          const [visit] = await cluster.audit.takeovers([transaction.gid]);
          const delay = (visit?.due ?? NaN) - instantOf(transaction.create_time);
          expect(delay).toBeGreaterThanOrEqual(INTERVAL * 1000);
          expect(delay).toBeLessThanOrEqual(INTERVAL * 1000 + TOLERANCE_MS);
          expect(visit?.at).toBeGreaterThanOrEqual(visit?.due ?? NaN);
        });

        test('notice a timeout when it is one', async () => {
          const { transaction } = await sagaOf(index, 'late').ended();
          expect(transaction).toMatchObject({ status: 'failed', rollback_reason: `Timeout after ${TIMEOUT} seconds` });
          const lived = instantOf(transaction.rollback_time) - instantOf(transaction.create_time);
          expect(lived).toBeGreaterThanOrEqual(TIMEOUT * 1000);
          expect(lived).toBeLessThanOrEqual(TIMEOUT * 1000 + TOLERANCE_MS);
        });
      },
    );

    test('keep their leases, and leave those of others alone', async () => {
      const gids = [...SHIFTS.keys()].map((index) => sagaOf(index, 'held').gid);
      await Promise.all(gids.map((gid) => leaseOutlived(cluster, gid)));
      expect(await cluster.audit.takeovers(gids)).toEqual([]);
    });

    test('take over what the dead leave, at the end of its lease', async () => {
      await cluster.member(AHEAD).process.kill();
      await expectInherited(AHEAD, cluster.member(RIGHT));
      await cluster.member(RIGHT).process.kill();
      await expectInherited(RIGHT, cluster.member(BEHIND));
      const another = await cluster.join(wrongClock(HOUR_MS));
      await cluster.member(BEHIND).process.kill();
      await expectInherited(BEHIND, another);
    });

    function sagaOf(index: number, name: string): SagaCase {
      return cluster.member(index).saga(`${name}-${index}`);
    }

    async function start(index: number, name: string, scripts: object, options: object = {}): Promise<void> {
      const saga = sagaOf(index, name);
      saga.answers({ ...scripts });
      await saga.start({ ...options });
      await cluster.busi.received(saga.gid, 1);
    }

    /** The coordinator has just been killed; whoever lives may be the heir. */
    async function expectInherited(index: number, survivor: Member): Promise<void> {
      const gid = sagaOf(index, 'held').gid;
      const killedAt = await cluster.sql.serverTime();
      expect(await survivor.saga(gid).ended()).toMatchObject({ status: 'succeed' });
      const [takeover] = await cluster.audit.takeovers([gid]);
      expect(takeover?.at).toBeGreaterThanOrEqual(takeover?.leaseEnd ?? NaN);
      expect((takeover?.at ?? NaN) - killedAt).toBeLessThanOrEqual(RECOVERY_LIMIT_MS);
    }
  });
});

/** A machine with a wrong clock, in a zone that is not even whole hours away. */
function wrongClock(shiftMs: number): Readonly<Record<string, string>> {
  return {
    NODE_OPTIONS: `--require ${join(PROJECT_ROOT, 'test/chaos/shifted-clock.cjs')}`,
    CLOCK_SHIFT_MS: String(shiftMs),
    ...(shiftMs !== 0 && { TZ: 'America/St_Johns' }),
  };
}

/** Waits until a lease has been renewed for longer than it lasts, always to an end that is a lease away and no more. */
async function leaseOutlived(cluster: Cluster, gid: string): Promise<void> {
  const seen: Holding[] = [];
  await until(`the lease of ${gid} is older than a lease`, async () => {
    const holding = await cluster.holding(gid);
    seen.push(holding);
    return (holding.leaseUntil ?? NaN) > (seen[0]?.leaseUntil ?? NaN) + LEASE_MS;
  });
  expect(seen.filter(({ due, leaseUntil }) => due !== leaseUntil)).toEqual([]);
  expect(seen.filter(({ leaseUntil, readAt }) => leaseUntil === undefined || leaseUntil > readAt + LEASE_MS)).toEqual(
    [],
  );
}

function instantOf(text: string | null | undefined): number {
  return new Date(text ?? NaN).getTime();
}
