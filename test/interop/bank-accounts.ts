import { barrierTableDdl } from '@nestjs-dtx/client';
import type { Cleanup } from '../support/cleanup';
import { startMariadb, type PrivateServer, type ServerAddress } from '../support/servers';

const DATABASE = 'interop';

/** Where the SDKs look for the barrier's table: the Java SDK in the database of the business. */
const BARRIER_TABLES = ['dtm_barrier.barrier', `${DATABASE}.barrier`];

/** What every account begins with, and what a transfer moves. */
const OPENING = 100;
export const AMOUNT = 30;

/** Accounts of the banks in all languages, in a database of a server of their own. */
export class BankAccounts {
  private constructor(private readonly server: PrivateServer) {}

  static async open(cleanup: Cleanup): Promise<BankAccounts> {
    const server = await startMariadb(cleanup, { durable: false });
    const statements = [
      'create database dtm_barrier',
      `create database ${DATABASE}`,
      `create table ${DATABASE}.account (
        id varchar(128) primary key, balance bigint not null, frozen bigint not null default 0)`,
      ...BARRIER_TABLES.flatMap((table) => barrierTableDdl('mysql', table)),
    ];
    for (const statement of statements) await server.query(statement);
    return new BankAccounts(server);
  }

  get address(): ServerAddress & { readonly database: string } {
    return { ...this.server.address, database: DATABASE };
  }

  /** Opens the two accounts of a transfer. */
  async create(gid: string): Promise<{ readonly from: string; readonly to: string }> {
    const [from, to] = [`${gid}-from`, `${gid}-to`];
    await this.server.query(
      `insert into account (id, balance) values ('${from}', ${OPENING}), ('${to}', ${OPENING})`,
      DATABASE,
    );
    return { from, to };
  }

  /** @returns balances and frozen sums after a transfer, as `from 70+0, to 130+0` */
  async balances(gid: string): Promise<string> {
    const rows = await this.server.query<{ id: string; balance: number; frozen: number }>(
      `select id, balance, frozen from account where id like '${gid}-%' order by id`,
      DATABASE,
    );
    return rows.map(({ id, balance, frozen }) => `${id.slice(gid.length + 1)} ${balance}+${frozen}`).join(', ');
  }
}

/** @returns what {@link BankAccounts.balances} has to give */
export function expectedBalances(moved: boolean): string {
  return moved ? `from ${OPENING - AMOUNT}+0, to ${OPENING + AMOUNT}+0` : `from ${OPENING}+0, to ${OPENING}+0`;
}
