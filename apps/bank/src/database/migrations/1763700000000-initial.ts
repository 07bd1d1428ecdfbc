import { Table, TableForeignKey, TableUnique, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Accounts, the ledger, and what the accounts hold on the first day. */
export class Initial1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(accounts(runner));
    await runner.createTable(ledger(runner));
    await runner.query(
      `insert into account (id, balance_minor, held_minor, frozen)
       values ('alice', 10000, 0, false), ('bob', 10000, 0, false), ('frozen-fred', 10000, 0, true)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('ledger_entry');
    await runner.dropTable('account');
  }
}

/**
 * No check against a negative balance: withdrawals make sure of that themselves, and the undo of a deposit must go through
 * even if the money was spent meanwhile.
 */
function accounts(runner: QueryRunner): Table {
  return new Table({
    name: 'account',
    columns: [
      { ...text(runner, 'id', 64), isPrimary: true },
      { name: 'balance_minor', type: 'bigint' },
      { name: 'held_minor', type: 'bigint', default: '0' },
      { name: 'frozen', type: 'boolean', default: 'false' },
    ],
  });
}

function ledger(runner: QueryRunner): Table {
  return new Table({
    name: 'ledger_entry',
    columns: [
      { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
      text(runner, 'gid', 128),
      text(runner, 'branch_id', 128),
      text(runner, 'op', 45),
      text(runner, 'account', 64),
      { name: 'amount_minor', type: 'bigint' },
      text(runner, 'create_time', 24),
    ],
    uniques: [new TableUnique({ name: 'ledger_entry_effect', columnNames: ['gid', 'branch_id', 'op', 'account'] })],
    foreignKeys: [
      new TableForeignKey({ columnNames: ['account'], referencedTableName: 'account', referencedColumnNames: ['id'] }),
    ],
  });
}

/** The usual collations of MySQL take `Alice` and `alice` for the same account. */
function text(runner: QueryRunner, name: string, length: number) {
  const isMysql = runner.dataSource.options.type === 'mysql';
  return { name, type: 'varchar', length: String(length), ...(isMysql && { collation: 'utf8mb4_bin' }) };
}
