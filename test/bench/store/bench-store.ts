import { ServerStore, SqliteStore, type TransactionStore, type WriteBatcherOptions } from '@nestjs-dtx/coordinator';
import { storeOptions } from '../../support/store-options';
import type { StoreEnvironment } from '../../support/store-engine';

/**
 * @param batch absent: as shipped
 * @returns the store that the environment of a coordinator names, not opened
 * @throws Error when this bench has no such engine
 */
export function storeOf(env: StoreEnvironment, batch?: WriteBatcherOptions): TransactionStore {
  const options = storeOptions(env);
  const size = batch && { batch };
  switch (options.driver) {
    case 'sqlite':
      return new SqliteStore({ directory: options.directory, ...size });
    case 'mariadb':
    case 'mysql':
    case 'postgres':
      return new ServerStore({ ...options, autoMigrate: true, ...size });
    case 'memory':
    case 'custom':
      throw new Error(`the bench has no bare store ${options.driver}`);
  }
}
