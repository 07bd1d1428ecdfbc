import type { Cleanup } from '../support/cleanup';
import { freshDatabase, type ServerName } from '../support/servers';
import type { AdminConnection } from '../support/servers/server-kind';
import { SERVER_KINDS } from '../support/servers/server-kinds';
import { PLACES, type Databases } from './notes-service';

const PREPARED: Readonly<Record<ServerName, string>> = {
  mariadb: 'XA RECOVER',
  postgres: 'SELECT gid AS data FROM pg_prepared_xacts',
};
const ROLLBACK: Readonly<Record<ServerName, string>> = { mariadb: 'XA ROLLBACK', postgres: 'ROLLBACK PREPARED' };

/** The two databases of the service, as an administrator sees them. */
export class NotesDatabases {
  private constructor(
    readonly addresses: Databases,
    private readonly connections: readonly AdminConnection[],
    private readonly server: ServerName,
  ) {}

  static async create(cleanup: Cleanup, server: ServerName): Promise<NotesDatabases> {
    const addresses = { first: await freshDatabase(cleanup, server), second: await freshDatabase(cleanup, server) };
    const connections = await Promise.all(
      PLACES.map((place) => SERVER_KINDS[server].connect(addresses[place], addresses[place].database)),
    );
    for (const connection of connections) cleanup.add(() => connection.close());
    const databases = new NotesDatabases(addresses, connections, server);
    // A prepared branch would keep its database from being dropped.
    cleanup.add(() => databases.rollBackAll());
    return databases;
  }

  /** How often the work of a transaction has taken effect, in each database. */
  async noted(gid: string): Promise<readonly number[]> {
    const found = this.connections.map((each) => each.query(`SELECT times FROM note WHERE gid = '${gid}'`));
    return (await Promise.all(found)).map(([row]) => Number(row?.['times'] ?? 0));
  }

  /** Xids of a transaction that are prepared. Both databases are on one server. */
  async prepared(gid: string): Promise<readonly string[]> {
    return (await this.allPrepared()).filter((xid) => xid.startsWith(`${gid}-`)).toSorted();
  }

  private async rollBackAll(): Promise<void> {
    for (const xid of await this.allPrepared()) {
      // In PostgreSQL it has to be done in the branch's own database; whichever that is not refuses.
      const tries = this.connections.map((each) => each.query(`${ROLLBACK[this.server]} '${xid}'`));
      await Promise.allSettled(tries);
    }
  }

  private async allPrepared(): Promise<readonly string[]> {
    const rows = (await this.connections[0]?.query(PREPARED[this.server])) ?? [];
    return rows.map(({ data }) => String(data)).filter((xid) => xid.startsWith('notes-'));
  }
}
