import type { Cleanup } from '../support/cleanup';
import type { DatabaseAddress, ServerName } from '../support/servers';
import type { AdminConnection } from '../support/servers/server-kind';
import { SERVER_KINDS } from '../support/servers/server-kinds';
import { until } from '../support/until';

/** MariaDB answers what it knew if it was asked a moment before. Milliseconds. */
const LOOK_EVERY_MS = 120;

/** How many sessions of this database wait for a lock. */
const WAITING: Readonly<Record<ServerName, string>> = {
  mariadb: `SELECT count(*) AS count FROM information_schema.innodb_trx AS trx
    JOIN information_schema.processlist AS session ON session.id = trx.trx_mysql_thread_id
    WHERE trx.trx_state = 'LOCK WAIT' AND session.db = DATABASE()`,
  postgres: `SELECT count(*) AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`,
};

/** A session beside those of the store: another coordinator, or a person with a tool. */
export class SecondSession {
  private constructor(
    private readonly connection: AdminConnection,
    private readonly name: ServerName,
  ) {}

  static async open(cleanup: Cleanup, database: DatabaseAddress): Promise<SecondSession> {
    const connection = await SERVER_KINDS[database.driver].connect(database, database.database);
    cleanup.add(() => connection.close());
    return new SecondSession(connection, database.driver);
  }

  /** Runs statements one after the other. @returns the rows of the last one */
  async run(...statements: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    let rows: readonly Readonly<Record<string, unknown>>[] = [];
    for (const statement of statements) rows = await this.connection.query(statement);
    return rows;
  }

  /** Opens a database transaction that holds the row's lock. */
  async hold(gid: string): Promise<void> {
    await this.run('BEGIN', `SELECT 1 FROM trans_global WHERE gid = '${gid}' FOR UPDATE`);
  }

  /** Resolves when so many sessions of the database wait for a lock. */
  async sawWaiting(sessions = 1): Promise<void> {
    const isSo = async () => (await this.waiting()) === sessions;
    await until(`${sessions} sessions wait for a lock`, isSo, { everyMs: LOOK_EVERY_MS });
  }

  /** @returns how many sessions of the database wait for a lock */
  waiting(): Promise<number> {
    return this.number(WAITING[this.name]);
  }

  /** @returns the only value of a query, as a number */
  async number(query: string): Promise<number> {
    const [row] = await this.run(query);
    return Number(Object.values(row ?? {})[0]);
  }
}
