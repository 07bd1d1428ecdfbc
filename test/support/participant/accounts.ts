import { Barrier, branchInfoFrom, queryPrepared, type BarrierInfo, type SqlExecutor } from '@nestjs-dtx/client';
import { OPS } from '@nestjs-dtx/protocol';
import type { BankEngine } from '../bank-database';
import type { Cleanup } from '../cleanup';
import type { Word } from '../fixture/answer';
import type { Account, Movement } from '../fixture/ledger';
import type { ScriptFunction } from '../fixture/script';
import { AMOUNT } from '../fixture/transfer';
import { openParticipant } from './open-participant';
import type { ParticipantDatabase } from './participant-database';

const OPENING = 100;

/** What an op does to an account, in multiples of the amount: to what it holds, and to what a try has set aside. */
const EFFECTS: Readonly<Record<string, readonly [balance: number, aside: number]>> = {
  [OPS.action]: [1, 0],
  [OPS.compensate]: [-1, 0],
  [OPS.rollback]: [-1, 0],
  [OPS.msg]: [1, 0],
  [OPS.try]: [0, 1],
  [OPS.confirm]: [1, -1],
  [OPS.cancel]: [0, -1],
};

/** How an endpoint works on its account. */
export interface Posting {
  /** The op whose effect it has; absent: that of the call. */
  readonly as?: string;
  /** Part of the amount. */
  readonly share?: number;
}

/** Accounts of a participant in a database of its own, behind the barrier. Each transaction has two of its own: OUT and IN. */
export class Accounts {
  private constructor(readonly database: ParticipantDatabase) {}

  static async open(cleanup: Cleanup, engine: BankEngine): Promise<Accounts> {
    const database = await openParticipant(cleanup, engine);
    await database.query(
      'create table account (gid varchar(128), name varchar(8), balance int, aside int, primary key (gid, name))',
    );
    return new Accounts(database);
  }

  /** Opens the accounts of a transaction. */
  async create(gid: string): Promise<void> {
    for (const name of ['OUT', 'IN']) {
      await this.database.query(this.sql('insert into account values (?, ?, ?, 0)'), [gid, name, OPENING]);
    }
  }

  /** What a transaction has moved so far. @throws Error when something is still set aside */
  async moved(gid: string): Promise<Movement> {
    const rows = await this.database.query(this.sql('select name, balance, aside from account where gid = ?'), [gid]);
    if (rows.some(({ aside }) => aside !== 0)) throw new Error(`${gid} still has amounts set aside`);
    const balanceOf = (account: Account) => Number(rows.find(({ name }) => name === account)?.['balance']);
    return { OUT: balanceOf('OUT') - OPENING, IN: balanceOf('IN') - OPENING };
  }

  /** An endpoint whose effect is guarded by the barrier. */
  guarded(account: Account, posting: Posting = {}): ScriptFunction {
    return async (_, { query }): Promise<Word> => {
      const info = branchInfoFrom(query);
      await this.receive(info, (executor) => this.apply(executor, info, account, posting));
      return 'ok';
    };
  }

  /** An endpoint that changes the account and then refuses, which undoes it. */
  refusing(account: Account): ScriptFunction {
    return async (_, { query }): Promise<Word> => {
      const refusal = new Error('refused');
      const info = branchInfoFrom(query);
      const work = this.receive(info, async (executor) => {
        await this.apply(executor, info, account);
        throw refusal;
      });
      const outcome = await work.catch((error: unknown) => error);
      if (outcome !== refusal) throw outcome;
      return 'fail';
    };
  }

  /** A check-back that is answered from the barrier's table. */
  checkBack(): ScriptFunction {
    return async (_, { query }): Promise<Word> => {
      const info = branchInfoFrom(query);
      const found = await this.database.transaction((executor) => queryPrepared(executor, info, this.database));
      return found === 'committed' ? 'ok' : 'fail';
    };
  }

  /** One branch request, in a local transaction of its own. */
  async receive(info: BarrierInfo, business: (executor: SqlExecutor) => Promise<void>): Promise<void> {
    const barrier = new Barrier(info, this.database);
    await this.database.transaction((executor) => barrier.call(executor, () => business(executor)));
  }

  /** The effect of a request on the account. */
  async apply(executor: SqlExecutor, { gid, op }: BarrierInfo, account: Account, posting: Posting = {}): Promise<void> {
    const { as = op, share = 1 } = posting;
    const [balance, aside] = (EFFECTS[as] ?? [0, 0]).map((times) => times * share * signOf(account) * AMOUNT);
    const sql = this.sql('update account set balance = balance + ?, aside = aside + ? where gid = ? and name = ?');
    const { affected } = await executor.execute(sql, [balance, aside, gid, account]);
    if (affected !== 1) throw new Error(`there is no account ${account} of ${gid}`);
  }

  private sql(text: string): string {
    let count = 0;
    return this.database.dialect === 'postgres' ? text.replaceAll('?', () => `$${++count}`) : text;
  }
}

function signOf(account: Account): number {
  return account === 'OUT' ? -1 : 1;
}
