import type { Cleanup } from './cleanup';
import { freshDatabase, missingServer, type DatabaseAddress, type ServerName } from './servers';
import { temporaryFolder } from './temporary-folder';

/** Settings that point a coordinator at a store. */
export type StoreEnvironment = Readonly<Record<string, string>>;

/** A store that the coordinator app can be started on. */
export interface StoreEngine {
  readonly name: string;
  /** Whether what it holds survives the coordinator's process. */
  readonly durable: boolean;
  /** Whether several coordinators can work on one store. */
  readonly shared: boolean;
  /** What keeps it from being used here, and the command that mends it. */
  readonly missing: string | undefined;
  /** Makes a new empty store. @returns the environment that points a coordinator at it */
  create(cleanup: Cleanup): Promise<StoreEnvironment>;
}

const sqlite: StoreEngine = {
  name: 'sqlite',
  durable: true,
  shared: false,
  missing: undefined,
  create: async (cleanup) => ({ STORE_DRIVER: 'sqlite', DATA_DIR: await temporaryFolder(cleanup, 'store') }),
};

const memory: StoreEngine = {
  name: 'memory',
  durable: false,
  shared: false,
  missing: undefined,
  create: () => Promise.resolve({ STORE_DRIVER: 'memory' }),
};

const server = (name: ServerName): StoreEngine => ({
  name,
  durable: true,
  shared: true,
  missing: missingServer(name),
  create: async (cleanup) => storeEnvironment(await freshDatabase(cleanup, name)),
});

/** All engines that tests run on; a further one is one more entry. */
export const STORE_ENGINES: readonly StoreEngine[] = [sqlite, memory, server('mariadb'), server('postgres')];

/** The engines for tests about restarts. */
export const DURABLE_ENGINES = STORE_ENGINES.filter(({ durable }) => durable);

/** The engines for tests about several coordinators. */
export const SHARED_ENGINES = STORE_ENGINES.filter(({ shared }) => shared);

/** The durable engine for tests to which it does not matter which. */
export const DURABLE_ENGINE = sqlite;

/** @returns the environment that points a coordinator at a database, whose schema it makes itself */
export function storeEnvironment(address: DatabaseAddress): StoreEnvironment {
  return {
    STORE_DRIVER: address.driver,
    STORE_HOST: address.host,
    STORE_PORT: String(address.port),
    STORE_USER: address.user,
    STORE_PASSWORD: address.password,
    STORE_DB: address.database,
    STORE_AUTO_MIGRATE: 'on',
  };
}
