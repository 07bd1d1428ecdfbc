import type { LaneSamples } from './bench';
import { median } from './measure/median';
import type { CpuUse, Sample } from './sample';

/** Medians of one lane, as in the JSON file. */
export interface LaneResult {
  readonly name: string;
  readonly sagas_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Of the coordinator process, or what stands for it; `null` where it cannot be told. */
  readonly cpu_us: number | null;
  /** The same for every process. */
  readonly cpu: CpuUse;
}

/** Ratio of medians by name, only of lanes that were run. */
export type Ratios = Readonly<Record<string, number>>;

/** Name of a ratio and the lane that `ours` is divided by. A further one is one more entry. */
const RATIOS = { ceiling: 'floor', naive: 'naive', store: 'store' } as const;

export function laneResult({ lane, samples }: LaneSamples): LaneResult {
  const middle = (pick: (sample: Sample) => number): number => rounded(median(samples.map(pick)), 2);
  const cpu = (part: keyof CpuUse): number | null => {
    const values = samples.map((sample) => sample.cpu[part]).filter((value) => value !== null);
    return values.length === 0 ? null : rounded(median(values), 1);
  };
  return {
    name: lane.name,
    sagas_per_s: Math.round(middle(({ sagasPerSecond }) => sagasPerSecond)),
    p50_ms: middle(({ p50Ms }) => p50Ms),
    p99_ms: middle(({ p99Ms }) => p99Ms),
    cpu_us: cpu('coordinator'),
    cpu: { coordinator: cpu('coordinator'), branches: cpu('branches'), load: cpu('load') },
  };
}

export function ratiosOf(lanes: readonly LaneResult[]): Ratios {
  const rate = (name: string): number | undefined => lanes.find((lane) => lane.name === name)?.sagas_per_s;
  const ours = rate('ours');
  const known = Object.entries(RATIOS).flatMap(([ratio, other]) => {
    const base = rate(other);
    return ours === undefined || base === undefined ? [] : [[ratio, rounded(ours / base, 3)] as const];
  });
  return Object.fromEntries(known);
}

/** @returns what went wrong, lane by lane, with how often. */
export function problemsOf(measured: readonly LaneSamples[]): string[] {
  return measured.flatMap(({ lane, samples }) => {
    const counts = new Map<string, number>();
    for (const [text, count] of samples.flatMap(({ problems }) => Object.entries(problems))) {
      counts.set(text, (counts.get(text) ?? 0) + count);
    }
    return [...counts].map(([text, count]) => `${lane.name}: ${count} × ${text}`);
  });
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
