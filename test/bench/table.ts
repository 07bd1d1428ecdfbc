import type { LaneSamples } from './bench';
import { laneResult, type LaneResult, type Ratios } from './result';

const HEADING = ['lane', 'sagas/s', 'lowest–highest', 'p50 ms', 'p99 ms', 'coordinator', 'branches', 'load'];

/** @returns the measurements as a table, the ratios and the legend, for people. */
export function tableOf(measured: readonly LaneSamples[], ratios: Ratios): string {
  const rows = [HEADING, ...measured.map(rowOf)];
  const widths = HEADING.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => padded(cell, widths[column] ?? 0, column)).join('  '));
  const ratio = Object.entries(ratios).map(([name, value]) => `${name} ${value}`);
  return [
    ...lines,
    '',
    'medians over the rounds; the last three columns are CPU microseconds per saga',
    ...(ratio.length > 0 ? [`ours ÷ other lane: ${ratio.join(', ')}`] : []),
    '',
    ...measured.map(({ lane }) => `${lane.name.padEnd(6)} ${lane.what}`),
  ].join('\n');
}

function rowOf(measured: LaneSamples): string[] {
  const result: LaneResult = laneResult(measured);
  const rates = measured.samples.map(({ sagasPerSecond }) => Math.round(sagasPerSecond));
  const { coordinator, branches, load } = result.cpu;
  return [
    result.name,
    String(result.sagas_per_s),
    `${Math.min(...rates)}–${Math.max(...rates)}`,
    result.p50_ms.toFixed(2),
    result.p99_ms.toFixed(2),
    ...[coordinator, branches, load].map((us) => (us === null ? '–' : us.toFixed(0))),
  ];
}

/** Names to the left, numbers to the right. */
function padded(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
