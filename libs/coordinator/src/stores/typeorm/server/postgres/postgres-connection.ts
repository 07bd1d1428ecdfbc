import type { DataSourceOptions } from 'typeorm';
import type { ServerStoreOptions } from '../server-store.options';
import { withStatementSettings, type PostgresClient } from './statement-settings';

const CONNECT_TIMEOUT_MS = 3000;

/**
 * Whatever the server, the database or the role has set, a session has what the statements rely on.
 *
 * - A row that a person with a tool has locked fails the writes to it, and does not hold up a lane for ever.
 * - A coordinator that is frozen inside a database transaction loses it, or nobody could take its work over.
 * - A commit that may be lost when the server crashes must not be answered. Stronger settings than `on` stay.
 * - Every statement of the write path finds its rows by an index. On tables that grew faster than they were analysed the
 *   planner believes in small tables, and would keep plans that read the whole table: ten times slower.
 * - It also expects far more rows than there are, and would start helper processes and compile what then takes less than a
 *   millisecond: 13 ms and 5–17 ms each time for the branches of a claim.
 */
const SETTINGS = `SELECT set_config(name, value, false) FROM (VALUES
  ('TimeZone', 'UTC'), ('DateStyle', 'ISO, MDY'), ('bytea_output', 'hex'),
  ('default_transaction_isolation', 'read committed'), ('lock_timeout', '1s'), ('idle_in_transaction_session_timeout', '2s'),
  ('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on')),
  ('enable_seqscan', 'off'), ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'),
  ('max_parallel_workers_per_gather', '0'), ('jit', 'off')) AS setting (name, value)`;

/** How TypeORM connects: the pool, and what each of its connections is given first. */
export function postgresConnection(options: ServerStoreOptions): DataSourceOptions {
  const { host, port, user, password, database, poolSize } = options;
  return {
    type: 'postgres',
    host,
    port,
    username: user,
    password,
    database,
    applicationName: 'nestjs-dtx coordinator',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    ...(poolSize !== undefined && { poolSize }),
    // A pipelined connection sends a statement without waiting for the answers to those before it.
    extra: {
      pipeline: true,
      keepAlive: true,
      onConnect: (client: PostgresClient) => {
        withStatementSettings(client);
        return client.query(SETTINGS);
      },
    },
  };
}
