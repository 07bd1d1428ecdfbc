import { median } from '../measure/median';
import type { Ratios } from '../result';
import { aligned, ratioLines, spread } from '../table';
import type { IsolationSamples } from './isolation';
import { WITHOUT } from './lanes';

/** Medians, as in the JSON file. */
export interface IsolationResult {
  readonly lanes: readonly { readonly name: string; readonly transactions_per_s: number }[];
  readonly ratios: Ratios;
}

/** The ratio is that of the worst kind of death. */
export function isolationResult(measured: readonly IsolationSamples[]): IsolationResult {
  const lanes = measured.map(({ lane, rates }) => ({
    name: lane.name,
    transactions_per_s: Math.round(median(rates)),
  }));
  const base = lanes.find(({ name }) => name === WITHOUT)?.transactions_per_s ?? NaN;
  const dead = lanes.filter(({ name }) => name !== WITHOUT).map((lane) => lane.transactions_per_s / base);
  return { lanes, ratios: { isolation: Number(Math.min(...dead).toFixed(3)) } };
}

/** @returns the measurements as a table, the ratio and the legend, for people. */
export function isolationTable(measured: readonly IsolationSamples[], { lanes, ratios }: IsolationResult): string {
  const rows = measured.map(({ lane, rates }, index) => [
    lane.name,
    String(lanes[index]?.transactions_per_s),
    spread(rates),
  ]);
  return [
    ...aligned([['lane', 'transactions/s', 'lowest–highest'], ...rows]),
    '',
    'medians over the rounds, of the transactions of the nine destinations that answer',
    ...ratioLines(ratios),
    '',
    ...measured.map(({ lane }) => `${lane.name.padEnd(7)} ${lane.what}`),
  ].join('\n');
}
