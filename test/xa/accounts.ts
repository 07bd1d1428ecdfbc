import {
  barrierTableDdl,
  mysql2Database,
  pgDatabase,
  type SqlExecutor,
  type XaDatabase,
  type XaDialect,
} from '@nestjs-dtx/client';
import mysql from 'mysql2/promise';
import { Pool } from 'pg';
import type { Cleanup } from '../support/cleanup';
import type { DatabaseAddress } from '../support/servers';

export type Row = Readonly<Record<string, unknown>>;

const OPENING_BALANCE = 100;

/** A participant's database with one account for each transaction, reached by its plain driver. */
export class Accounts {
  private lastGid = 0;

  private constructor(
    private readonly name: string,
    readonly xa: XaDatabase,
    private readonly ask: (sql: string) => Promise<readonly Row[]>,
  ) {}

  get dialect(): XaDialect {
    return this.xa.dialect;
  }

  /**
   * Opens an account for a transaction.
   *
   * @returns a gid that nobody else on the server uses, unless one is given: MariaDB lists the branches of all databases
   */
  async open(given?: string): Promise<string> {
    this.lastGid += 1;
    const gid = given ?? `${this.name}-${this.lastGid}`;
    await this.query(`insert into account values ('${gid}', ${OPENING_BALANCE})`);
    return gid;
  }

  /** Makes the tables in an empty database. Branches that are still prepared at the clean-up are rolled back. */
  static async create(cleanup: Cleanup, address: DatabaseAddress): Promise<Accounts> {
    const accounts = Accounts.connect(cleanup, address);
    for (const statement of [...barrierTableDdl(accounts.dialect), ...barrierTableDdl(accounts.dialect, 'elsewhere')]) {
      await accounts.query(statement);
    }
    await accounts.query('create table account (owner varchar(128) primary key, balance integer not null)');
    return accounts;
  }

  /** Connects to tables that are there. */
  static connect(cleanup: Cleanup, address: DatabaseAddress): Accounts {
    const { xa, ask } = address.driver === 'postgres' ? onPostgres(cleanup, address) : onMariadb(cleanup, address);
    const accounts = new Accounts(address.database, xa, ask);
    // A prepared branch would keep the database from being dropped.
    cleanup.add(() => accounts.rollBackAll());
    return accounts;
  }

  query(sql: string): Promise<readonly Row[]> {
    return this.ask(sql);
  }

  /** What was committed to the account of this transaction. */
  async moved(gid: string): Promise<number> {
    const rows = await this.query(`select balance from account where owner = '${gid}'`);
    return Number(rows[0]?.['balance']) - OPENING_BALANCE;
  }

  /** The op that has stored the one row of a branch. */
  async barrierRow(gid: string): Promise<unknown> {
    const rows = await this.query(`select reason from dtx_barrier where gid = '${gid}' and branch_id = '01'`);
    return rows.length === 1 ? rows[0]?.['reason'] : rows;
  }

  /** Xids of this database that are prepared. */
  async prepared(): Promise<string[]> {
    const rows = await this.query(
      this.dialect === 'mysql' ? 'xa recover' : 'select gid as data from pg_prepared_xacts',
    );
    return rows.map(({ data }) => String(data)).filter((xid) => xid.startsWith(this.name));
  }

  /** Whether one branch is prepared. */
  async isPrepared(xid: string): Promise<boolean> {
    return (await this.prepared()).includes(xid);
  }

  /** Leaves a prepared transaction of another application in the same database. */
  async prepareForeign(): Promise<void> {
    const session = await this.xa.open();
    const xid = `${this.name}-foreign`;
    const statements =
      this.dialect === 'mysql'
        ? [`xa start '${xid}'`, `insert into account values ('foreign', 0)`, `xa end '${xid}'`, `xa prepare '${xid}'`]
        : ['begin', `insert into account values ('foreign', 0)`, `prepare transaction '${xid}'`];
    for (const statement of statements) await session.execute(statement, []);
    await session.destroy();
  }

  /** Ends what is still prepared. */
  async rollBackAll(): Promise<void> {
    for (const xid of await this.prepared()) {
      await this.query(this.dialect === 'mysql' ? `xa rollback '${xid}'` : `rollback prepared '${xid}'`);
    }
  }
}

/** The business of a branch. */
export async function move(session: SqlExecutor, gid: string, by: number): Promise<void> {
  await session.execute(`update account set balance = balance + (${by}) where owner = '${gid}'`, []);
}

interface Connected {
  readonly xa: XaDatabase;
  readonly ask: (sql: string) => Promise<readonly Row[]>;
}

function onMariadb(cleanup: Cleanup, { host, port, user, password, database }: DatabaseAddress): Connected {
  const options = { host, port, user, password, database };
  const pool = mysql.createPool({ ...options, connectionLimit: 4 });
  cleanup.add(() => pool.end());
  return {
    xa: mysql2Database(() => mysql.createConnection(options), pool),
    ask: async (sql) => (await pool.query(sql))[0] as Row[],
  };
}

function onPostgres(cleanup: Cleanup, { host, port, user, password, database }: DatabaseAddress): Connected {
  const options = { host, port, user, password, database };
  const work = new Pool({ ...options, max: 4 });
  const control = new Pool({ ...options, max: 4 });
  for (const pool of [work, control]) {
    // A server that is killed breaks idle connections; the next query opens new ones.
    pool.on('error', () => {});
    cleanup.add(() => pool.end());
  }
  return { xa: pgDatabase(work, control), ask: async (sql) => (await control.query<Row>(sql)).rows };
}
