import { startCoordinator } from '../../support/coordinator';
import { fillHistory } from '../../scale/fill';
import type { LaneSurroundings, RunningLane } from './lane';

/** What every coordinator needs. */
export type CoordinatorSurroundings = Pick<LaneSurroundings, 'cleanup' | 'engine' | 'load'>;

/** Starts the coordinator app on a store of its own, with so many finished transactions in it. */
export async function coordinatorLane(
  { cleanup, engine, load }: CoordinatorSurroundings,
  history = 0,
): Promise<RunningLane> {
  const { env, database } = await engine.start(cleanup);
  if (history > 0) await fillHistory(env, history);
  const subject = await startCoordinator(env);
  cleanup.add(() => subject.kill());
  return { subject, driver: load, callsBranches: true, database };
}
