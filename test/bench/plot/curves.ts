import type { Cleanup } from '../../support/cleanup';
import { coordinatorLane } from '../lanes/coordinator-lane';
import { floor } from '../lanes/floor.lane';
import { startProcess } from '../lanes/process';
import type { PlotOptions } from '../options';
import type { Progress } from '../progress';
import { problemsIn } from '../result';
import { scoped } from '../scope';
import type { BenchEngine } from '../store/bench-engine';
import type { Series } from './chart';
import { middleOf, sweep, type Cell } from './sweep';

/** Sagas under way, along the axis. */
export const LOADS = [1, 2, 4, 8, 16, 32, 64, 128, 256] as const;

/** A family of curves over the same places. */
export interface Curves {
  readonly throughput: readonly Series[];
  readonly p99: readonly Series[];
  readonly problems: readonly string[];
}

/** The coordinator on every engine and the floor, under more and more load. */
export function loadCurves(options: PlotOptions, outer: Cleanup, progress: Progress): Promise<Curves> {
  return scoped(outer, async (cleanup) => {
    const branches = await startProcess(cleanup, 'branch-service');
    const load = await startProcess(cleanup, 'load-generator');
    const lanes: Pick<Cell, 'name' | 'instance'>[] = [];
    for (const engine of options.engines) {
      progress(`starting ${engine.name}`);
      lanes.push({ name: engine.name, instance: await coordinatorLane({ cleanup, engine, load }) });
    }
    lanes.push({ name: floor.name, instance: await floor.start({ cleanup, load }) });
    const cells = LOADS.flatMap((inflight) => lanes.map((lane): Cell => ({ ...lane, inflight, samples: [] })));
    await sweep(cells, { branches, options, progress });
    return curvesOf(cells);
  });
}

/** The coordinator on stores with longer and longer histories, engine by engine. */
export async function historyCurves(options: PlotOptions, outer: Cleanup, progress: Progress): Promise<Curves> {
  const curves: Curves[] = [];
  for (const engine of options.engines) {
    curves.push(await scoped(outer, (cleanup) => historyCurve(engine, { options, cleanup, progress })));
  }
  return {
    throughput: curves.flatMap(({ throughput }) => throughput),
    p99: curves.flatMap(({ p99 }) => p99),
    problems: curves.flatMap(({ problems }) => problems),
  };
}

/** @returns none, and three lengths of history up to the longest. */
export function historySizes(longest: number): number[] {
  return [...new Set([0, ...[100, 10, 1].map((part) => Math.max(Math.round(longest / part), 1))])];
}

interface HistoryRun {
  readonly options: PlotOptions;
  readonly cleanup: Cleanup;
  readonly progress: Progress;
}

async function historyCurve(engine: BenchEngine, { options, cleanup, progress }: HistoryRun): Promise<Curves> {
  const branches = await startProcess(cleanup, 'branch-service');
  const load = await startProcess(cleanup, 'load-generator');
  const cells: Cell[] = [];
  for (const size of historySizes(options.history)) {
    progress(`${engine.name}: filling in ${size} finished transactions`);
    const instance = await coordinatorLane({ cleanup, engine, load }, size);
    cells.push({ name: engine.name, instance, inflight: options.inflight, samples: [] });
  }
  await sweep(cells, { branches, options, progress });
  return curvesOf(cells);
}

function curvesOf(cells: readonly Cell[]): Curves {
  const names = [...new Set(cells.map(({ name }) => name))];
  const series = (pick: (cell: Cell) => number | undefined): Series[] =>
    names.map((name) => ({ name, values: cells.filter((cell) => cell.name === name).map(pick) }));
  return {
    throughput: series((cell) => middleOf(cell, ({ sagasPerSecond }) => sagasPerSecond)),
    // Zero where no saga was finished: no latency at all, and no place on its axis.
    p99: series((cell) => middleOf(cell, ({ p99Ms }) => p99Ms) || undefined),
    problems: problemsIn(cells),
  };
}
