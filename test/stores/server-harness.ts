import { ServerStore, type ServerStoreOptions, type TransactionStore } from '@nestjs-dtx/coordinator';
import type { StoreHarness } from '@nestjs-dtx/testing';
import { Cleanup } from '../support/cleanup';
import { freshDatabase, type ServerName } from '../support/servers';

/** The server store on an empty database of the server that the test run shares. */
export function serverHarness(name: ServerName): StoreHarness {
  const stores = new Map<TransactionStore, { readonly cleanup: Cleanup; readonly options: ServerStoreOptions }>();

  async function openOn(cleanup: Cleanup, options: ServerStoreOptions): Promise<TransactionStore> {
    const store = new ServerStore(options);
    await store.open();
    stores.set(store, { cleanup, options });
    return store;
  }

  return {
    isShared: true,
    async open() {
      const cleanup = new Cleanup();
      return openOn(cleanup, { ...(await freshDatabase(cleanup, name)), autoMigrate: true });
    },
    async dispose(store) {
      await store.close();
      await stores.get(store)!.cleanup.run();
    },
    async reopen(store) {
      await store.close();
      const { cleanup, options } = stores.get(store)!;
      return openOn(cleanup, options);
    },
  };
}
