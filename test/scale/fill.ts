import { StoreSchema } from '@nestjs-dtx/coordinator';
import type { StoreEnvironment } from '../support/store-engine';
import { storeOptions } from '../support/store-options';
import type { HistoryTimes, HistoryWriter } from './history';
import { ServerHistory } from './server-history';
import { SqliteHistory } from './sqlite-history';

/** Transactions per part: enough to be fast, few enough for the server's undo log. */
const PART = 10_000;
const DAY_MS = 24 * 3_600_000;
/** The youngest is a minute old, the oldest six days: a coordinator with the default retention deletes none of them. */
const YOUNGEST_MS = 60_000;
const OLDEST_MS = 6 * DAY_MS;

/** How far {@link fillHistory} has come. */
export type FillProgress = (done: number) => void;

/**
 * Puts finished transactions with their branches into a store that no coordinator works on, as fast as its engine can. Makes
 * the schema if it is not there. They are spread evenly over six days; see `history.ts` for how many are rare.
 *
 * @param env settings that point a coordinator at the store
 */
export async function fillHistory(
  env: StoreEnvironment,
  count: number,
  progress?: FillProgress,
): Promise<HistoryTimes> {
  const schema = await StoreSchema.connect(storeOptions(env));
  try {
    await schema.migrate();
  } finally {
    await schema.close();
  }
  const startMs = Date.now() - OLDEST_MS;
  const times = { startMs, stepMs: (OLDEST_MS - YOUNGEST_MS) / Math.max(count, 1) };
  const writer = await writerOf(env, times);
  try {
    for (let first = 1; first <= count; first += PART) {
      const last = Math.min(count, first + PART - 1);
      await writer.write({ first, last });
      progress?.(last);
    }
    await writer.analyze();
  } finally {
    await writer.close();
  }
  return times;
}

async function writerOf(env: StoreEnvironment, times: HistoryTimes): Promise<HistoryWriter> {
  return env['STORE_DRIVER'] === 'sqlite' ? new SqliteHistory(env, times) : ServerHistory.open(env, times);
}
