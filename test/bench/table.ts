import type { LaneSamples } from './bench';
import { laneResult, type Ratios } from './result';

const HEADING = [
  'lane',
  'sagas/s',
  'lowest–highest',
  'p50 ms',
  'p99 ms',
  'coordinator',
  'database',
  'branches',
  'load',
  'stolen %',
];

/** @returns the measurements as a table, the ratios and the legend, for people. */
export function tableOf(measured: readonly LaneSamples[], ratios: Ratios): string {
  return [
    ...aligned([HEADING, ...measured.map(rowOf)]),
    '',
    'medians over the rounds; coordinator, database, branches, load: CPU microseconds per saga; stolen: the share of the',
    'processors that the host gave to others meanwhile (rounds with more than 1 % are measured again, and the calmest count)',
    ...ratioLines(ratios),
    '',
    ...measured.map(({ lane }) => `${lane.name.padEnd(7)} ${lane.what}`),
  ].join('\n');
}

/** @returns the line of the ratios, if there are any. */
export function ratioLines(ratios: Ratios): string[] {
  const ratio = Object.entries(ratios).map(([name, value]) => `${name} ${value}`);
  return ratio.length > 0 ? [`ratios: ${ratio.join(', ')}`] : [];
}

/** @returns the rows as lines: names to the left, numbers to the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const padded = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(padded).join('  '));
}

/** @returns the slowest and the fastest round: what the median is worth. */
export function spread(rates: readonly number[]): string {
  return `${Math.round(Math.min(...rates))}–${Math.round(Math.max(...rates))}`;
}

function rowOf(measured: LaneSamples): string[] {
  const result = laneResult(measured);
  const { coordinator, database, branches, load } = result.cpu;
  return [
    result.name,
    String(result.sagas_per_s),
    spread(measured.samples.map(({ sagasPerSecond }) => sagasPerSecond)),
    result.p50_ms.toFixed(2),
    result.p99_ms.toFixed(2),
    ...[coordinator, database, branches, load].map((us) => (us === null ? '–' : us.toFixed(0))),
    result.stolen === null ? '–' : (result.stolen * 100).toFixed(1),
  ];
}
