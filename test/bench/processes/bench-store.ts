import { SqliteStore, type TransactionStore, type WriteBatcherOptions } from '@nestjs-dtx/coordinator';

/** Makes the store of one driver from the environment that a coordinator would be started with. Absent batch: as shipped. */
type Factory = (env: NodeJS.ProcessEnv, batch?: WriteBatcherOptions) => TransactionStore;

/** By `STORE_DRIVER`; a further engine is one more entry. */
const FACTORIES: Readonly<Record<string, Factory>> = {
  sqlite: (env, batch) => new SqliteStore({ directory: env['DATA_DIR'] ?? '', ...(batch && { batch }) }),
};

/** @returns the store that the environment names, not opened. @throws Error when this bench has no such engine */
export function storeOf(env: NodeJS.ProcessEnv, batch?: WriteBatcherOptions): TransactionStore {
  const driver = env['STORE_DRIVER'] ?? '';
  const factory = FACTORIES[driver];
  if (!factory) throw new Error(`the bench has no bare store for STORE_DRIVER=${driver}`);
  return factory(env, batch);
}
