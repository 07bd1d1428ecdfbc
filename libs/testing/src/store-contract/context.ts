import type { TransactionStore, TransactionWithBranches } from '@nestjs-dtx/coordinator';
import type { StoreHarness } from './store-harness';

/** The store of the running test. */
export interface StoreContext {
  readonly store: TransactionStore;
  readonly harness: StoreHarness;
  /** Takes the place of the store, after a reopen. */
  replace(store: TransactionStore): void;
  /** @throws Error when there is no such transaction */
  read(gid: string): Promise<TransactionWithBranches>;
}

/** Opens a fresh store before each test and disposes of it afterwards. */
export function useStore(harness: StoreHarness): StoreContext {
  let store: TransactionStore | undefined;
  beforeEach(async () => {
    store = await harness.open();
  });
  afterEach(async () => {
    if (store) await harness.dispose(store);
    store = undefined;
  });
  const current = (): TransactionStore => {
    if (!store) throw new Error('the store is only there inside a test');
    return store;
  };
  return {
    harness,
    get store() {
      return current();
    },
    replace(next) {
      store = next;
    },
    async read(gid) {
      const found = await current().find(gid);
      if (!found) throw new Error(`no transaction ${gid}`);
      return found;
    },
  };
}
