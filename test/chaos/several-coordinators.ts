import type { Cleanup } from '../support/cleanup';
import type { Word } from '../support/fixture/answer';
import type { StoreEngine } from '../support/store-engine';
import { until } from '../support/until';
import { Cluster, type Member } from './cluster';
import { checkCluster, isRefused, type ClusterReport } from './cluster-checks';
import { Crowd } from './crowd';

/** Size of a run. */
export interface ClusterPlan {
  readonly sagas: number;
  readonly clients: number;
}

/** Sagas that each victim is certainly at work on when it is hit. */
const PINNED = 5;
/** A branch call takes up to so long, so that there is always something under way. Milliseconds. */
const SLOWEST_CALL_MS = 40;
const PATIENCE = { withinMs: 120_000, everyMs: 50 };

/**
 * Three coordinators on one database under the load of many clients: one is killed, one is frozen for longer than its lease
 * and woken up, the load goes on. Resolves when every saga is final.
 */
export async function runSeveralCoordinators(
  cleanup: Cleanup,
  engine: StoreEngine,
  plan: ClusterPlan,
): Promise<ClusterReport> {
  const cluster = await Cluster.start(cleanup, await engine.create(cleanup), [{}, {}, {}]);
  const [doomed, sleeper] = [cluster.member(0), cluster.member(1)];
  const gids = Array.from({ length: plan.sagas }, (_, index) => `crowd-${index}`);
  gids.forEach((gid, index) => scriptSaga(cluster, gid, isRefused(index)));
  const part = (from: number, to: number) => gids.slice(from * plan.sagas, to * plan.sagas);
  const crowd = new Crowd(cluster, plan.clients);

  const orphans = await pin(cluster, doomed, 'orphan');
  const first = crowd.submitAll(part(0, 0.5));
  await until('a quarter is acknowledged', () => crowd.acknowledged.size > plan.sagas / 4, PATIENCE);
  const killedAt = await cluster.sql.serverTime();
  await doomed.process.kill();
  // The services did what they were asked to, and there is nobody to tell.
  orphans.release();
  await first;

  const frozen = await pin(cluster, sleeper, 'frozen');
  const second = crowd.submitAll(part(0.5, 0.8));
  await until('more than a half is acknowledged', () => crowd.acknowledged.size > plan.sagas * 0.6, PATIENCE);
  sleeper.process.freeze();
  // The answers reach its sockets, and are read when nobody wants them any more.
  frozen.release();
  await until('others have ended what it had', () => areFinal(cluster, frozen.gids), PATIENCE);
  await second;

  const third = crowd.submitAll(part(0.8, 1));
  sleeper.process.thaw();
  await third;
  await until('every saga is final', () => areFinal(cluster, [...gids, ...orphans.gids, ...frozen.gids]), PATIENCE);
  const afterThaw = await sleeper.saga('after-the-thaw').submit({ wait_result: true });
  if (afterThaw.status !== 200) crowd.surprises.push(`after the thaw: ${afterThaw.status} ${afterThaw.text}`);
  return checkCluster(cluster, { gids, orphans: orphans.gids, frozen: frozen.gids, killedAt, crowd, sleeper });
}

function scriptSaga({ busi }: Cluster, gid: string, refused: boolean): void {
  const slowly = (word: Word) => () =>
    new Promise<Word>((resolve) => setTimeout(resolve, Math.random() * SLOWEST_CALL_MS, word));
  busi.script(gid, { OUT: slowly('ok'), IN: slowly(refused ? 'fail' : 'ok') });
}

/** Gives a coordinator sagas whose first call has no answer until the release. */
async function pin(cluster: Cluster, member: Member, name: string) {
  let release: () => void = () => {};
  const released = new Promise<Word>((resolve) => (release = () => resolve('ok')));
  const gids = Array.from({ length: PINNED }, (_, index) => `${name}-${index}`);
  for (const gid of gids) {
    const saga = member.saga(gid);
    saga.answers({ OUT: (attempt) => (attempt === 1 ? released : 'ok') });
    await saga.start();
    await cluster.busi.received(gid, 1);
  }
  return { gids, release };
}

async function areFinal({ sql }: Cluster, gids: readonly string[]): Promise<boolean> {
  const rows = await sql.query(`SELECT gid FROM trans_global WHERE status IN ('succeed', 'failed')`);
  const final = new Set(rows.map(({ gid }) => gid));
  return gids.every((gid) => final.has(gid));
}
