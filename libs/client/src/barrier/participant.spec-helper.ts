import { DatabaseSync } from '@photostructure/sqlite';
import { Barrier, type BarrierResult } from './barrier';
import type { BarrierInfo } from './barrier-info';
import { barrierTableDdl } from './barrier-table';
import { queryPrepared } from './query-prepared';
import type { SqlExecutor } from './sql-executor';

/** How a delivery goes wrong: the business throws, or the process dies right before or right after the commit. */
export type Mishap = 'none' | 'business fails' | 'dies before commit' | 'dies after commit';

/** What whoever sent the request gets back; `lost` when the process died. */
export type Reply = 'success' | 'error' | 'lost';

export const OPENING_BALANCE = 100;

/** A participant on a real SQLite database: one account, and one ledger row per effect on it. */
export class Participant {
  private readonly database = new DatabaseSync(':memory:');

  constructor(private readonly table?: string) {
    for (const statement of barrierTableDdl('sqlite', table)) this.database.exec(statement);
    this.database.exec('create table account (balance integer not null)');
    this.database.exec('create table ledger (gid text, branch_id text, op text, amount integer)');
    this.database.prepare('insert into account values (?)').run(OPENING_BALANCE);
  }

  /** One branch request whose business moves the amount, in a local transaction of its own. */
  async receive(info: BarrierInfo, amount: number, mishap: Mishap = 'none'): Promise<Reply> {
    const barrier = new Barrier(info, this.options);
    try {
      await this.inTransaction(async (executor) => {
        await barrier.call(executor, async () => {
          await this.move(executor, info, amount);
          if (mishap === 'business fails') throw new Error('insufficient funds');
        });
        if (mishap === 'dies before commit') throw new Error('killed');
      });
    } catch {
      return mishap === 'dies before commit' ? 'lost' : 'error';
    }
    return mishap === 'dies after commit' ? 'lost' : 'success';
  }

  /** One call of the barrier in a transaction of its own. */
  call<T>(barrier: Barrier, business: () => Promise<T>): Promise<BarrierResult<T>> {
    return this.inTransaction((executor) => barrier.call(executor, business));
  }

  checkBack(info: BarrierInfo): Promise<'committed' | 'rolled-back'> {
    return this.inTransaction((executor) => queryPrepared(executor, info, this.options));
  }

  async move(executor: SqlExecutor, info: BarrierInfo, amount: number): Promise<void> {
    await executor.execute('update account set balance = balance + ?', [amount]);
    await executor.execute('insert into ledger values (?, ?, ?, ?)', [info.gid, info.branchId, info.op, amount]);
  }

  async inTransaction<T>(work: (executor: SqlExecutor) => Promise<T>): Promise<T> {
    this.database.exec('begin immediate');
    try {
      const result = await work(this.executor);
      this.database.exec('commit');
      return result;
    } catch (error) {
      this.database.exec('rollback');
      throw error;
    }
  }

  get balance(): number {
    return (this.rows('select balance from account')[0] as { balance: number }).balance;
  }

  /** Ops that took effect on this branch, in their order. */
  effects(gid: string, branchId: string): string[] {
    return this.rows(`select op from ledger where gid = '${gid}' and branch_id = '${branchId}' order by rowid`).map(
      (row) => row['op'] as string,
    );
  }

  get barrierRows(): Record<string, unknown>[] {
    const table = this.table ?? 'dtx_barrier';
    return this.rows(`select trans_type, gid, branch_id, op, barrier_id, reason from ${table} order by id`);
  }

  rows(sql: string): Record<string, unknown>[] {
    return this.database.prepare(sql).all() as Record<string, unknown>[];
  }

  close(): void {
    this.database.close();
  }

  private get options() {
    return { dialect: 'sqlite', ...(this.table !== undefined && { table: this.table }) } as const;
  }

  private readonly executor: SqlExecutor = {
    execute: async (sql, parameters) => {
      const statement = this.database.prepare(sql);
      const values = parameters as (string | number)[];
      if (statement.columns().length > 0) {
        return { affected: 0, rows: statement.all(...values) as Record<string, unknown>[] };
      }
      return { affected: Number(statement.run(...values).changes), rows: [] };
    },
  };
}
