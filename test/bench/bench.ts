import type { Cleanup } from '../support/cleanup';
import type { Lane, RunningLane } from './lanes';
import { startProcess } from './lanes/process';
import type { BenchOptions } from './options';
import { Sampler, type Sample } from './sample';

/** All samples of one lane, one per round. */
export interface LaneSamples {
  readonly lane: Lane;
  readonly samples: readonly Sample[];
}

/** Told what is being done, for whoever waits. */
export type Progress = (text: string) => void;

/** Long enough for the compilers of all processes to settle; never counted. Seconds. */
const WARM_UP = 3;
/** Before each measurement: the lane wakes up and its connections are made. Not counted either. Seconds. */
const RAMP = 0.5;

/**
 * Starts all lanes and measures them in turns, so that whatever else the machine does hits all of them alike. Every round
 * begins with another lane.
 */
export async function runBench(options: BenchOptions, cleanup: Cleanup, progress: Progress): Promise<LaneSamples[]> {
  const branches = await startProcess(cleanup, 'branch-service');
  const load = await startProcess(cleanup, 'load-generator');
  const running: { readonly lane: Lane; readonly instance: RunningLane; readonly samples: Sample[] }[] = [];
  for (const lane of options.lanes) {
    const instance = await lane.start({ cleanup, engine: options.engine, load });
    running.push({ lane, instance, samples: [] });
  }
  const sampler = new Sampler(branches, options);
  for (const { lane, instance } of running) {
    progress(`warming up ${lane.name}`);
    await sampler.sample(instance, WARM_UP);
  }
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { lane, instance, samples } of rotated(running, round)) {
      progress(`round ${round + 1} of ${options.rounds}: ${lane.name}`);
      await sampler.sample(instance, RAMP);
      samples.push(await sampler.sample(instance, options.seconds));
    }
  }
  return running;
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
