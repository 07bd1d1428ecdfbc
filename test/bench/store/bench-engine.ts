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

/**
 * A PostgreSQL that has run for a while uses the files of its log again. One that has just been made creates each of them
 * first, and for about 50 ms nobody's commit gets through.
 */
const SETTLE: Readonly<Record<ServerName, readonly string[]>> = {
  mariadb: [],
  postgres: [
    "SELECT pg_create_restore_point('a file of the log'), pg_switch_wal() FROM generate_series(1, 48)",
    'CHECKPOINT',
  ],
};

/** On one shared server the pages and the log of one lane would be in the way of the next. */
const server = (name: ServerName): BenchEngine => ({
  name,
  start: async (cleanup) => {
    const missing = missingPrivateServer(name);
    if (missing !== undefined) throw new Error(missing);
    const started = await startServer(cleanup, name);
    for (const sql of SETTLE[name]) await started.query(sql);
    return { env: storeEnvironment(await started.createDatabase()), database: started.pid };
  },
});

/** All engines; a further one is one more entry. */
export const BENCH_ENGINES: readonly BenchEngine[] = [
  { name: sqlite.name, start: async (cleanup) => ({ env: await sqlite.create(cleanup) }) },
  server('mariadb'),
  server('postgres'),
];
