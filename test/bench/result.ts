import { WIRE_NAMES } from '../transports/wire';
import type { LaneSamples } from './bench';
import { median } from './measure/median';
import type { CpuUse, Sample } from './sample';

/** Medians of one lane, as in the JSON file. */
export interface LaneResult {
  readonly name: string;
  readonly sagas_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** How far the slow sagas are from the usual ones; the median of the rounds' own quotients. */
  readonly p99_over_p50: number;
  /** Of the coordinator process, or what stands for it; `null` where it cannot be told. */
  readonly cpu_us: number | null;
  /** The same for every process. */
  readonly cpu: CpuUse;
  /** Share of the processors that the host gave to others, 0 to 1; `null` where it cannot be told. */
  readonly stolen: number | null;
}

/** Ratio by name, only of lanes that were run. */
export type Ratios = Readonly<Record<string, number>>;

/** Name of a ratio of rates: what is divided by what. A further one is one more entry. */
const QUOTIENTS: Readonly<Record<string, readonly [dividend: string, divisor: string]>> = {
  ceiling: ['ours', 'floor'],
  naive: ['ours', 'naive'],
  store: ['ours', 'store'],
  history: ['history', 'ours'],
  mode: ['mode', 'ours'],
  grpc: ['grpc', 'ours'],
  ...Object.fromEntries(WIRE_NAMES.map((name) => [name, [name, 'ours'] as const])),
};

/** The lane whose latencies count, as it is neither idle nor full. */
const LATENCY_LANE = 'half';
/** The lane that says what of them is the machine's. */
const BARE_LATENCY_LANE = 'floor_half';

export function laneResult({ lane, samples }: LaneSamples): LaneResult {
  const middle = (pick: (sample: Sample) => number): number => rounded(median(samples.map(pick)), 2);
  const known = (pick: (sample: Sample) => number | null, digits: number): number | null => {
    const values = samples.map(pick).filter((value) => value !== null);
    return values.length === 0 ? null : rounded(median(values), digits);
  };
  const cpu = (part: keyof CpuUse): number | null => known((sample) => sample.cpu[part], 1);
  return {
    name: lane.name,
    sagas_per_s: Math.round(middle(({ sagasPerSecond }) => sagasPerSecond)),
    p50_ms: middle(({ p50Ms }) => p50Ms),
    p99_ms: middle(({ p99Ms }) => p99Ms),
    p99_over_p50: middle(({ p50Ms, p99Ms }) => p99Ms / p50Ms),
    cpu_us: cpu('coordinator'),
    cpu: { coordinator: cpu('coordinator'), database: cpu('database'), branches: cpu('branches'), load: cpu('load') },
    stolen: known((sample) => sample.stolen, 3),
  };
}

/**
 * A rate is divided by that of the other lane in the same round, a few seconds apart, and the median of these quotients is the
 * ratio: a machine that is slower in some rounds than in others is so for both.
 */
export function ratiosOf(measured: readonly LaneSamples[]): Ratios {
  const samplesOf = (name: string): readonly Sample[] | undefined =>
    measured.find(({ lane }) => lane.name === name)?.samples;
  const quotients = Object.entries(QUOTIENTS).flatMap(([ratio, [dividend, divisor]]) => {
    const [above, below] = [samplesOf(dividend), samplesOf(divisor)];
    return above && below ? [[ratio, rounded(quotient(above, below, 'sagasPerSecond'), 3)] as const] : [];
  });
  return { ...Object.fromEntries(quotients), ...latencyRatios(measured) };
}

function latencyRatios(measured: readonly LaneSamples[]): Ratios {
  const latency = measured.find(({ lane }) => lane.name === LATENCY_LANE);
  if (!latency) return {};
  const bare = measured.find(({ lane }) => lane.name === BARE_LATENCY_LANE);
  return {
    p99_over_p50: laneResult(latency).p99_over_p50,
    ...(bare && { p99_over_floor: rounded(quotient(latency.samples, bare.samples, 'p99Ms'), 2) }),
  };
}

/** The median of what is divided round by round. */
function quotient(above: readonly Sample[], below: readonly Sample[], figure: 'sagasPerSecond' | 'p99Ms'): number {
  return median(above.map((sample, round) => sample[figure] / below[round]![figure]));
}

/** @returns what went wrong, lane by lane, with how often. */
export function problemsOf(measured: readonly LaneSamples[]): string[] {
  return problemsIn(measured.map(({ lane, samples }) => ({ name: lane.name, samples })));
}

/** The same of whatever has a name and samples. */
export function problemsIn(measured: readonly NamedSamples[]): string[] {
  return measured.flatMap(({ name, samples }) => {
    const counts = new Map<string, number>();
    for (const [text, count] of samples.flatMap(({ problems }) => Object.entries(problems))) {
      counts.set(text, (counts.get(text) ?? 0) + count);
    }
    return [...counts].map(([text, count]) => `${name}: ${count} × ${text}`);
  });
}

interface NamedSamples {
  readonly name: string;
  readonly samples: readonly Sample[];
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
