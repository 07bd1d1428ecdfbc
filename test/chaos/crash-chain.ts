import type { Cleanup } from '../support/cleanup';
import { CoordinatorApi } from '../support/coordinator-api';
import type { FixtureService } from '../support/fixture/fixture-service';
import { transferSaga } from '../support/fixture/transfer';
import { ended, type ObservedState } from '../support/saga-state';
import type { StoreEnvironment } from '../support/store-engine';
import { until } from '../support/until';
import { startFaulty } from './crash';
import { gidOf, type CrashCase } from './crash-points';

/** What is known of a case after the crash. */
export interface Survival {
  /** Whether the client was told that its submit was accepted. */
  readonly acknowledged: boolean;
  /** Whether the next coordinator knew the saga. */
  readonly known: boolean;
  readonly end: ObservedState;
}

/**
 * Runs cases one after the other on one store: each coordinator first ends what its predecessor left, then dies at the
 * point of its own case. Half as many processes as two for each case, and stores with a past.
 */
export async function runChain(
  cases: readonly CrashCase[],
  store: StoreEnvironment,
  busi: FixtureService,
  cleanup: Cleanup,
): Promise<Map<CrashCase, Survival>> {
  const survivals = new Map<CrashCase, Survival>();
  let left: { readonly crashCase: CrashCase; readonly acknowledged: boolean } | undefined;
  for (const crashCase of [...cases, undefined]) {
    const server = await startFaulty(store, crashCase && { ...crashCase.crash, gid: gidOf(crashCase) });
    cleanup.add(() => server.kill());
    const api = new CoordinatorApi(server.url);
    if (left) survivals.set(left.crashCase, await conclude(api, busi, left.crashCase, left.acknowledged));
    if (!crashCase) break;
    busi.script(gidOf(crashCase), crashCase.story.scripts);
    left = { crashCase, acknowledged: await isAcknowledged(api, busi, crashCase) };
    await until(`the coordinator dies at ${crashCase.crash.point}`, () => !server.alive);
  }
  return survivals;
}

/** The client's side after the crash: it asks, and what is unknown it sends again. */
async function conclude(
  api: CoordinatorApi,
  busi: FixtureService,
  crashCase: CrashCase,
  acknowledged: boolean,
): Promise<Survival> {
  const gid = gidOf(crashCase);
  const known = (await api.query(gid)).transaction !== null;
  if (!known) await api.submit(bodyOf(busi, crashCase));
  return { acknowledged, known, end: await ended(api, gid) };
}

/** A connection that breaks is what a client sees of a crash. */
async function isAcknowledged(api: CoordinatorApi, busi: FixtureService, crashCase: CrashCase): Promise<boolean> {
  try {
    return (await api.submit(bodyOf(busi, crashCase))).status === 200;
  } catch {
    return false;
  }
}

function bodyOf(busi: FixtureService, crashCase: CrashCase) {
  return transferSaga(busi, gidOf(crashCase), { retry_interval: 1 });
}
