import type { TransactionStore } from '@nestjs-dtx/coordinator';
import { storeOf } from '../bench/store/bench-store';
import type { StoreEnvironment } from '../support/store-engine';

/** Opens the store that the environment names, in this process. */
export async function openStore(env: StoreEnvironment): Promise<TransactionStore> {
  const store = storeOf(env);
  await store.open();
  return store;
}
