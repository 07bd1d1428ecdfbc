import type { StoreOptions } from '../coordinator.options';
import { MemoryStore } from './memory/memory-store';
import type { TransactionStore } from './transaction-store';
import { ServerStore } from './typeorm/server/server-store';
import { SqliteStore } from './typeorm/sqlite/sqlite-store';

/** @returns the adapter for the options, not opened yet. */
export function createStore(options: StoreOptions): TransactionStore {
  switch (options.driver) {
    case 'sqlite':
      return new SqliteStore(options);
    case 'mariadb':
    case 'mysql':
    case 'postgres':
      return new ServerStore(options);
    case 'memory':
      return new MemoryStore();
    case 'custom':
      return options.store;
  }
}
