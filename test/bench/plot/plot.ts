import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cleanup } from '../../support/cleanup';
import { machine } from '../machine';
import type { PlotOptions } from '../options';
import type { Progress } from '../progress';
import { lineChart, type Chart } from './chart';
import { historyCurves, historySizes, loadCurves, LOADS } from './curves';

/** What was drawn, and from which figures. */
export interface Plotted {
  readonly files: readonly string[];
  readonly charts: Readonly<Record<string, Chart>>;
  readonly problems: readonly string[];
}

/** Measures and draws throughput and latency over the load, and throughput over the history. */
export async function plot(options: PlotOptions, cleanup: Cleanup, progress: Progress): Promise<Plotted> {
  const { steps, rounds, seconds, inflight, history, out } = options;
  const load = await loadCurves(options, cleanup, progress);
  const past = await historyCurves(options, cleanup, progress);
  const subtitle = `sagas of ${steps} steps; medians of ${rounds} × ${seconds} s; everything on ${machine()}`;
  const underWay = { name: 'sagas under way', places: LOADS };
  const finished = { name: 'finished transactions in the tables', places: historySizes(history) };
  const upward = { name: 'finished sagas a second', scale: 'linear' } as const;
  const milliseconds = { name: 'p99, ms', scale: 'logarithmic' } as const;
  const charts = {
    throughput: { title: 'Throughput under load', subtitle, across: underWay, upward, series: load.throughput },
    p99: { title: 'Slowest of a hundred sagas', subtitle, across: underWay, upward: milliseconds, series: load.p99 },
    history: {
      title: `Throughput beside a history, ${inflight} sagas under way`,
      subtitle,
      across: finished,
      upward,
      series: past.throughput,
    },
  };
  const files = await draw(charts, out);
  return { files, charts, problems: [...load.problems, ...past.problems] };
}

async function draw(charts: Readonly<Record<string, Chart>>, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const drawings = Object.entries(charts).map(async ([name, chart]) => {
    const file = join(folder, `${name}.svg`);
    await writeFile(file, lineChart(chart));
    return file;
  });
  return Promise.all(drawings);
}
