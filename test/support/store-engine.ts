import type { Cleanup } from './cleanup';
import { temporaryFolder } from './temporary-folder';

/** A store that the coordinator app can be started on. */
export interface StoreEngine {
  readonly name: string;
  /** Whether what it holds survives the coordinator's process. */
  readonly durable: boolean;
  /** Makes a new empty store. @returns the environment that points a coordinator at it */
  create(cleanup: Cleanup): Promise<Readonly<Record<string, string>>>;
}

const sqlite: StoreEngine = {
  name: 'sqlite',
  durable: true,
  create: async (cleanup) => ({ STORE_DRIVER: 'sqlite', DATA_DIR: await temporaryFolder(cleanup, 'store') }),
};

const memory: StoreEngine = {
  name: 'memory',
  durable: false,
  create: () => Promise.resolve({ STORE_DRIVER: 'memory' }),
};

/** All engines that tests run on; a further one is one more entry. */
export const STORE_ENGINES: readonly StoreEngine[] = [sqlite, memory];

/** The engine for tests about restarts. */
export const DURABLE_ENGINE = sqlite;
