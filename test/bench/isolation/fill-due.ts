import { DEFAULT_SETTINGS, type InsertWrite, type TransactionStore } from '@nestjs-dtx/coordinator';
import { newGid } from '@nestjs-dtx/protocol';
import type { StoreEnvironment } from '../../support/store-engine';
import { newSaga } from '../load/new-saga';
import { storeOf } from '../store/bench-store';

/** What is due. */
export interface DueOrder {
  /** Base URL of each destination in turn; one that stands here more often gets more. */
  readonly destinations: readonly string[];
  readonly count: number;
  readonly steps: number;
}

/** Inserts under way at any time: enough for full batches. */
const WRITERS = 1000;
const INTERVAL_MS = DEFAULT_SETTINGS.retryInterval * 1000;

/**
 * Fills a store with transactions that nobody works on and that are due at once, in the order of their destinations: what
 * coordinators leave behind that have gone.
 *
 * @returns their gids
 */
export async function fillDue(env: StoreEnvironment, order: DueOrder): Promise<readonly string[]> {
  const store = storeOf(env);
  await store.open();
  try {
    return await insertAll(store, order);
  } finally {
    await store.close();
  }
}

async function insertAll(
  store: TransactionStore,
  { destinations, count, steps }: DueOrder,
): Promise<readonly string[]> {
  const templates = destinations.map((destination) => newSaga(destination, steps));
  const gids: string[] = [];
  const writer = async (): Promise<void> => {
    while (gids.length < count) {
      const template = templates[gids.length % templates.length]!;
      const gid = newGid();
      gids.push(gid);
      const transaction = { ...template, gid, firstVisitAfterMs: 0 };
      const insert: InsertWrite = { kind: 'insert', gid, transaction, intervalMs: INTERVAL_MS };
      const { result } = await store.write(insert);
      if (result !== 'applied') throw new Error(`${gid} could not be inserted: ${result}`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return gids;
}
