import { median } from '../measure/median';
import type { Ratios } from '../result';
import { aligned, ratioLines, spread } from '../table';
import type { IsolationSample, IsolationSamples } from './isolation';
import { WITHOUT } from './lanes';

/** Medians of one lane, as in the JSON file. */
export interface IsolationLaneResult {
  readonly name: string;
  readonly transactions_per_s: number;
  readonly cpu: IsolationSample['cpu'];
}

/** As in the JSON file. */
export interface IsolationResult {
  readonly lanes: readonly IsolationLaneResult[];
  readonly ratios: Ratios;
}

const HEADING = ['lane', 'transactions/s', 'lowest–highest', 'coordinator', 'database'];

/** The ratio is that of the worst kind of death. */
export function isolationResult(measured: readonly IsolationSamples[]): IsolationResult {
  const lanes = measured.map(laneResult);
  const base = lanes.find(({ name }) => name === WITHOUT)?.transactions_per_s ?? NaN;
  const dead = lanes.filter(({ name }) => name !== WITHOUT).map((lane) => lane.transactions_per_s / base);
  return { lanes, ratios: { isolation: Number(Math.min(...dead).toFixed(3)) } };
}

/** @returns the measurements as a table, the ratio and the legend, for people. */
export function isolationTable(measured: readonly IsolationSamples[], { lanes, ratios }: IsolationResult): string {
  const rows = lanes.map(({ name, transactions_per_s: rate, cpu }, index) => [
    name,
    String(rate),
    spread(measured[index]?.samples.map(({ transactionsPerSecond }) => transactionsPerSecond) ?? []),
    ...[cpu.coordinator, cpu.database].map((us) => (us === null ? '–' : us.toFixed(0))),
  ]);
  return [
    ...aligned([HEADING, ...rows]),
    '',
    'medians over the rounds, of the transactions of the nine destinations that answer;',
    'the last two columns are CPU microseconds by such a transaction',
    ...ratioLines(ratios),
    '',
    ...measured.map(({ lane }) => `${lane.name.padEnd(7)} ${lane.what}`),
  ].join('\n');
}

function laneResult({ lane, samples }: IsolationSamples): IsolationLaneResult {
  const cpu = (part: keyof IsolationSample['cpu']): number | null => {
    const values = samples.map((sample) => sample.cpu[part]).filter((value) => value !== null);
    return values.length === 0 ? null : Math.round(median(values));
  };
  return {
    name: lane.name,
    transactions_per_s: Math.round(median(samples.map(({ transactionsPerSecond }) => transactionsPerSecond))),
    cpu: { coordinator: cpu('coordinator'), database: cpu('database') },
  };
}
