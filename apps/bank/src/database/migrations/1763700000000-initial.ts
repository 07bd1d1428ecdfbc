import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, the ledger, and what the accounts hold on the first day. */
export class Initial1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No check against a negative balance: withdrawals make sure of that themselves, and the undo of a deposit must go
    // through even if the money was spent meanwhile.
    await runner.query(`create table account (
      id text primary key not null,
      balance_minor integer not null,
      frozen boolean not null default 0
    )`);
    await runner.query(`create table ledger_entry (
      id integer primary key autoincrement not null,
      gid text not null,
      branch_id text not null,
      op text not null,
      account text not null references account (id),
      amount_minor integer not null,
      create_time text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
      constraint ledger_entry_effect unique (gid, branch_id, op, account)
    )`);
    await runner.query(
      `insert into account (id, balance_minor, frozen)
       values ('alice', 10000, 0), ('bob', 10000, 0), ('frozen-fred', 10000, 1)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table ledger_entry');
    await runner.query('drop table account');
  }
}
