import type { TransactionStore } from '@nestjs-dtx/coordinator';
import { gidOf, type HistoryTimes } from './history';
import { listCases } from './cases';

/** Times each operation is measured; the median counts, as other programs disturb single ones. */
const REPEATS = 7;
const PAGE = 100;

/** How long one operation took. Milliseconds. */
export interface Measured {
  readonly name: string;
  readonly medianMs: number;
  readonly worstMs: number;
}

/** Everything that looks something up in a history of so many transactions, one after the other. */
export async function measureQueries(store: TransactionStore, times: HistoryTimes, count: number): Promise<Measured[]> {
  const operations: [name: string, work: () => Promise<unknown>][] = [
    ['find', () => store.find(gidOf(Math.ceil(count / 2)))],
    ['find what is not there', () => store.find('nobody')],
    ['claim', () => store.claim(100, { owner: 'scale/1', durationMs: 1000 })],
    ['rearmFarFuture', () => store.rearmFarFuture(1000, 100)],
    ['purge, nothing old', () => store.purge({ finishedForMs: 7 * 24 * 3_600_000, afterId: 0, limit: 100 })],
    ['purge 100', () => store.purge({ finishedForMs: 3_600_000, afterId: 0, limit: 100 })],
    ...listCases(times, count).map(({ name, filter }): [string, () => Promise<unknown>] => [
      `list ${name}`,
      () => store.list({ ...filter, limit: PAGE }),
    ]),
  ];
  const measured: Measured[] = [];
  for (const [name, work] of operations) measured.push({ name, ...(await time(work)) });
  return measured;
}

/** The first time does not count: it compiles, prepares and reads from the disk. */
async function time(work: () => Promise<unknown>): Promise<Omit<Measured, 'name'>> {
  await work();
  const tookMs: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const beganMs = performance.now();
    await work();
    tookMs.push(performance.now() - beganMs);
  }
  tookMs.sort((a, b) => a - b);
  return { medianMs: tookMs[Math.floor(REPEATS / 2)]!, worstMs: tookMs.at(-1)! };
}
