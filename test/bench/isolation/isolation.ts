import type { Cleanup } from '../../support/cleanup';
import { CoordinatorApi } from '../../support/coordinator-api';
import { startCoordinator } from '../../support/coordinator';
import { get } from '../../support/http';
import { ended } from '../../support/saga-state';
import type { ServerProcess } from '../../support/server-process';
import type { StoreEnvironment } from '../../support/store-engine';
import { until } from '../../support/until';
import { startProcess } from '../lanes/process';
import { cpuTimeOfTreeUs, cpuTimeUs, perSaga } from '../measure/cpu-time';
import { rotated } from '../measure/rotated';
import type { IsolationOptions } from '../options';
import type { Progress } from '../progress';
import { scoped } from '../scope';
import { LIVING, type DestinationAddresses, type DestinationProgress } from './destinations';
import { fillDue } from './fill-due';
import { ISOLATION_LANES, type IsolationLane } from './lanes';

/** One recovery. Only transactions of the living destinations count. */
export interface IsolationSample {
  readonly transactionsPerSecond: number;
  /** Processor time by transaction, start included, in microseconds; `null` where there is none or it cannot be told. */
  readonly cpu: Readonly<Record<'coordinator' | 'database', number | null>>;
}

/** All samples of one lane, one per round. */
export interface IsolationSamples {
  readonly lane: IsolationLane;
  readonly samples: readonly IsolationSample[];
}

/** The destination that may be dead is one of so many. */
const DESTINATIONS = LIVING + 1;
/** Slower than this by second is taken for a standstill. */
const SLOWEST = 50;
const START_MS = 60_000;
/** Transactions looked up at the end, spread over all. */
const LOOKED_UP = 50;

/**
 * Lets a coordinator start on a store full of due transactions, and takes the time until those of the living destinations
 * are done: with no other, and with a tenth of all at a destination that is dead. Every round begins with another lane.
 */
export async function runIsolation(
  options: IsolationOptions,
  cleanup: Cleanup,
  progress: Progress,
): Promise<IsolationSamples[]> {
  const lanes = ISOLATION_LANES.map((lane) => ({ lane, samples: [] as IsolationSample[] }));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { lane, samples } of rotated(lanes, round)) {
      progress(`round ${round + 1} of ${options.rounds}: ${lane.name}`);
      samples.push(await scoped(cleanup, (inner) => measure(lane, options, inner)));
    }
  }
  return lanes;
}

/** With a store, a coordinator and destinations of its own. */
async function measure(lane: IsolationLane, options: IsolationOptions, cleanup: Cleanup): Promise<IsolationSample> {
  const services = await startProcess(cleanup, 'destinations');
  const { env, database } = await options.engine.start(cleanup);
  const gids = await fill(env, { lane, services, options });
  const databaseBefore = database && cpuTimeOfTreeUs(database);
  const coordinator = await startCoordinator(env);
  cleanup.add(() => coordinator.kill());
  const elapsedMs = await finished(services, gids.length * options.steps);
  const databaseAfter = database && cpuTimeOfTreeUs(database);
  const cpu = {
    coordinator: perSaga(0, cpuTimeUs(coordinator.pid), gids.length),
    database: perSaga(databaseBefore, databaseAfter, gids.length),
  };
  await lookUp(new CoordinatorApi(coordinator.url), gids);
  return { transactionsPerSecond: (gids.length * 1000) / elapsedMs, cpu };
}

interface Filling {
  readonly lane: IsolationLane;
  readonly services: ServerProcess;
  readonly options: IsolationOptions;
}

/** @returns the gids of the transactions that can be finished: the same number in every lane */
async function fill(env: StoreEnvironment, { lane, services, options }: Filling): Promise<readonly string[]> {
  const addresses = (await get(`${services.url}/addresses`)).json as DestinationAddresses;
  const dead = await lane.dead(addresses);
  const { due, steps } = options;
  const groups = Math.ceil(due / DESTINATIONS);
  const destinations = dead === undefined ? addresses.living : [...addresses.living, dead];
  const gids = await fillDue(env, { destinations, count: groups * destinations.length, steps });
  return gids.filter((_, index) => index % destinations.length < LIVING);
}

/** @returns milliseconds from the first to the last of so many calls. @throws Error when it takes far too long, or more are made */
async function finished(services: ServerProcess, calls: number): Promise<number> {
  const last = await until(
    `${calls} calls have been made`,
    async () => {
      const now = (await get(`${services.url}/progress`)).json as DestinationProgress;
      return now.calls >= calls && now;
    },
    { withinMs: START_MS + (calls * 1000) / SLOWEST, everyMs: 100 },
  );
  if (last.calls > calls) throw new Error(`${calls} branch calls were needed and ${last.calls} were made`);
  return last.elapsedMs;
}

/** A call that was made is no transaction that is finished. @throws Error when one of them is not */
async function lookUp(api: CoordinatorApi, gids: readonly string[]): Promise<void> {
  const distance = Math.max(Math.floor(gids.length / LOOKED_UP), 1);
  for (const gid of gids.filter((_, index) => index % distance === 0)) {
    const { status } = await ended(api, gid);
    if (status !== 'succeed') throw new Error(`${gid} is ${status}`);
  }
}
