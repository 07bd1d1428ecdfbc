import type { Cleanup } from '../../support/cleanup';
import { missingPrivateServer, startServer, type ServerName } from '../../support/servers';
import { DURABLE_ENGINE as sqlite, storeEnvironment, type StoreEnvironment } from '../../support/store-engine';

/** A store engine as it is measured: every commit is on disk, and every store has a server of its own. */
export interface BenchEngine {
  readonly name: string;
  /** Makes a new empty store. It ends with the clean-up. @throws Error that says how to get a server that is missing */
  start(cleanup: Cleanup): Promise<BenchStore>;
}

/** One store. */
export interface BenchStore {
  /** Points a coordinator at it. */
  readonly env: StoreEnvironment;
  /** Process id of its server; absent where it has none. */
  readonly database?: number | undefined;
}

/** On one shared server the pages and the log of one lane would be in the way of the next. */
const server = (name: ServerName): BenchEngine => ({
  name,
  start: async (cleanup) => {
    const missing = missingPrivateServer(name);
    if (missing !== undefined) throw new Error(missing);
    const started = await startServer(cleanup, name);
    return { env: storeEnvironment(await started.createDatabase()), database: started.pid };
  },
});

/** All engines; a further one is one more entry. */
export const BENCH_ENGINES: readonly BenchEngine[] = [
  { name: sqlite.name, start: async (cleanup) => ({ env: await sqlite.create(cleanup) }) },
  server('mariadb'),
  server('postgres'),
];
