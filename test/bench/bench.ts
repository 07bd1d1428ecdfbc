import type { Cleanup } from '../support/cleanup';
import type { Lane, RunningLane } from './lanes';
import { startProcess } from './lanes/process';
import { CALM, calmest, mostRounds, worstOf } from './measure/calmest';
import { median } from './measure/median';
import { rotated } from './measure/rotated';
import { RAMP, warmUpFor } from './measure/settling';
import type { BenchOptions } from './options';
import type { Progress } from './progress';
import { Sampler, type Sample, type Timing } from './sample';

/** The samples of one lane, one per round. */
export interface LaneSamples {
  readonly lane: Lane;
  readonly samples: readonly Sample[];
}

interface Measured extends LaneSamples {
  readonly instance: RunningLane;
  readonly warmUp: Sample[];
  readonly samples: Sample[];
}

/**
 * Starts all lanes and measures them in turns, so that whatever else the machine does hits all of them alike. Every round
 * begins with another lane. Rounds that the host disturbed are measured again, and the calmest are told: what decides is the share
 * of the processors that it took, never what was measured.
 */
export async function runBench(options: BenchOptions, cleanup: Cleanup, progress: Progress): Promise<LaneSamples[]> {
  const branches = await startProcess(cleanup, 'branch-service');
  const lanes = await startLanes(options, cleanup, progress);
  const sampler = new Sampler(branches, options);
  const measure = (measured: Measured, seconds: number): Promise<Sample> =>
    sampler.sample(measured.instance, timingOf(measured, lanes, seconds));
  for (const measured of lanes) {
    progress(`warming up ${measured.lane.name}`);
    measured.warmUp.push(await measure(measured, warmUpFor(options.seconds)));
  }
  await measureRounds({ lanes, options, progress, measure });
  return undisturbed(lanes, options.rounds);
}

interface Rounds {
  readonly lanes: readonly Measured[];
  readonly options: BenchOptions;
  readonly progress: Progress;
  readonly measure: (measured: Measured, seconds: number) => Promise<Sample>;
}

async function measureRounds({ lanes, options: { rounds, seconds }, progress, measure }: Rounds): Promise<void> {
  let calm = 0;
  for (let round = 0; calm < rounds && round < mostRounds(rounds); round += 1) {
    for (const measured of rotated(lanes, round)) {
      progress(`round ${round + 1}, ${calm} of ${rounds} were calm: ${measured.lane.name}`);
      await measure(measured, RAMP);
      measured.samples.push(await measure(measured, seconds));
    }
    if ((worstIn(lanes, round) ?? 0) <= CALM) calm += 1;
  }
}

function undisturbed(lanes: readonly Measured[], rounds: number): LaneSamples[] {
  const worst = lanes[0]?.samples.map((_, round) => worstIn(lanes, round)) ?? [];
  const chosen = calmest(worst, rounds);
  return lanes.map(({ lane, samples }) => ({ lane, samples: chosen.map((round) => samples[round]!) }));
}

function worstIn(lanes: readonly Measured[], round: number): number | null {
  return worstOf(lanes.map(({ samples }) => samples[round]!.stolen));
}

async function startLanes(options: BenchOptions, cleanup: Cleanup, progress: Progress): Promise<Measured[]> {
  const { engine, steps, history } = options;
  const load = await startProcess(cleanup, 'load-generator');
  const running = new Map<string, RunningLane>();
  const lanes: Measured[] = [];
  for (const lane of options.lanes) {
    progress(`starting ${lane.name}`);
    const instance = await lane.start({ cleanup, engine, load, steps, history, running });
    running.set(lane.name, instance);
    lanes.push({ lane, instance, warmUp: [], samples: [] });
  }
  return lanes;
}

/**
 * A share of another lane's rate follows what that lane has reached so far in calm measurements, or in any if there was none; its warm-up
 * only until it has been measured.
 */
function timingOf({ instance: { pace } }: Measured, lanes: readonly Measured[], seconds: number): Timing {
  if (!pace) return { seconds };
  const { samples = [], warmUp = [] } = lanes.find(({ lane }) => lane.name === pace.of) ?? {};
  const calm = samples.filter(({ stolen }) => (stolen ?? 0) <= CALM);
  const reached = [calm, samples, warmUp].find(({ length }) => length > 0) ?? [];
  return { seconds, perSecond: pace.share * median(reached.map(({ sagasPerSecond }) => sagasPerSecond)) };
}
