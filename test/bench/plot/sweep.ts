import type { ServerProcess } from '../../support/server-process';
import type { RunningLane } from '../lanes';
import { median } from '../measure/median';
import { rotated } from '../measure/rotated';
import { RAMP, warmUpFor } from '../measure/settling';
import type { MeasureOptions } from '../options';
import type { Progress } from '../progress';
import { Sampler, type Sample } from '../sample';

/** One lane under one load. */
export interface Cell {
  readonly name: string;
  readonly instance: RunningLane;
  readonly inflight: number;
  readonly samples: Sample[];
}

/** @see sweep */
export interface Sweep {
  readonly branches: ServerProcess;
  readonly options: MeasureOptions;
  readonly progress: Progress;
}

/** Warms up every lane, then measures all cells in turns, each round from another beginning. */
export async function sweep(cells: readonly Cell[], { branches, options, progress }: Sweep): Promise<void> {
  const { steps, rounds, seconds } = options;
  const sample = ({ instance, inflight }: Cell, duration: number): Promise<Sample> =>
    new Sampler(branches, { inflight, steps }).sample(instance, { seconds: duration });
  const lanes = new Map(cells.map((cell) => [cell.instance, cell]));
  for (const cell of lanes.values()) {
    progress(`warming up ${cell.name}`);
    await sample({ ...cell, inflight: options.inflight }, warmUpFor(options.seconds));
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const cell of rotated(cells, Math.floor((round * cells.length) / rounds))) {
      progress(`round ${round + 1} of ${rounds}: ${cell.name}, ${cell.inflight} under way`);
      await sample(cell, RAMP);
      cell.samples.push(await sample(cell, seconds));
    }
  }
}

/** @returns the median over the rounds. */
export function middleOf({ samples }: Cell, pick: (sample: Sample) => number): number {
  return Number(median(samples.map(pick)).toFixed(2));
}
