import type { XaDatabase, XaSession } from '../xa-session';

/** What is used of a client of `pg`. */
export interface PgClient {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ readonly rowCount: number | null; readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
  release(destroy?: boolean): void;
}

/** A pool of `pg`. */
export interface PgPool<Client extends PgClient = PgClient> {
  connect(): Promise<Client>;
}

/** A session with the client that the business works on. */
export interface PgSession<Client extends PgClient = PgClient> extends XaSession {
  readonly client: Client;
}

/**
 * PostgreSQL by `pg`.
 *
 * @param pool for the work of branches
 * @param control a small pool for what ends them; without it, the same
 */
export function pgDatabase<Client extends PgClient>(
  pool: PgPool<Client>,
  control: PgPool = pool,
): XaDatabase<PgSession<Client>> {
  return { dialect: 'postgres', open: () => lend(pool), openControl: () => lend(control) };
}

async function lend<Client extends PgClient>(pool: PgPool<Client>): Promise<PgSession<Client>> {
  const client = await pool.connect();
  return {
    client,
    execute: async (sql, parameters) => {
      const { rowCount, rows } = await client.query(sql, [...parameters]);
      return { affected: rowCount ?? 0, rows };
    },
    release: async () => client.release(),
    destroy: async () => client.release(true),
  };
}
