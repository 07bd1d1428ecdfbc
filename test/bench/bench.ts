import type { Cleanup } from '../support/cleanup';
import type { Lane, RunningLane } from './lanes';
import { startProcess } from './lanes/process';
import { median } from './measure/median';
import { rotated } from './measure/rotated';
import { RAMP, warmUpFor } from './measure/settling';
import type { BenchOptions } from './options';
import type { Progress } from './progress';
import { Sampler, type Sample, type Timing } from './sample';

/** All samples of one lane, one per round. */
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
 * begins with another lane.
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
  for (let round = 0; round < options.rounds; round += 1) {
    for (const measured of rotated(lanes, round)) {
      progress(`round ${round + 1} of ${options.rounds}: ${measured.lane.name}`);
      await measure(measured, RAMP);
      measured.samples.push(await measure(measured, options.seconds));
    }
  }
  return lanes;
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

/** A share of another lane's rate follows what that lane has reached so far, its warm-up only until it has been measured. */
function timingOf({ instance: { pace } }: Measured, lanes: readonly Measured[], seconds: number): Timing {
  if (!pace) return { seconds };
  const other = lanes.find(({ lane }) => lane.name === pace.of);
  const samples = other && other.samples.length > 0 ? other.samples : (other?.warmUp ?? []);
  return { seconds, perSecond: pace.share * median(samples.map(({ sagasPerSecond }) => sagasPerSecond)) };
}
