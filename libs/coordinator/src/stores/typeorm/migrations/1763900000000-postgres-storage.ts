import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dataSourceOf } from '../data-source-of';

/** Columns that are looked up, by table. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  trans_global: ['gid varchar(128)'],
  trans_branch_op: ['gid varchar(128)', 'branch_id varchar(128)', 'op varchar(45)'],
  kv: ['cat varchar(45)', 'k varchar(128)'],
};

const STEPS = [
  ...Object.entries(KEYS).flatMap(([table, columns]) => columns.map((column) => bytewise(table, column))),
  'DROP INDEX trans_global_next_cron_time',
  'CREATE INDEX trans_global_next_cron_time ON trans_global (next_cron_time) WHERE next_cron_time IS NOT NULL',
  'ALTER TABLE trans_branch_op SET (fillfactor = 70)',
  'ALTER TABLE trans_global SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)',
];

/**
 * How PostgreSQL keeps the tables.
 *
 * - Keys are compared byte by byte: a language's order costs more at every step down an index, and changes with the
 *   operating system, which breaks the index.
 * - PostgreSQL indexes NULL. Without it a finished transaction costs the due-scan's index nothing.
 * - A page of branches keeps room for their outcomes: measured, all of them then find it and leave the indexes alone
 *   (half of them otherwise); less room gained nothing more.
 * - Every transaction leaves dead rows behind. They are cleared away by their number, not by the size of the history.
 */
export class PostgresStorage1763900000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    if (dataSourceOf(queryRunner).options.type !== 'postgres') return;
    for (const step of STEPS) await queryRunner.query(step);
  }

  /** The tables work as they are, with versions before this one too. */
  async down(): Promise<void> {}
}

function bytewise(table: string, column: string): string {
  const [name, type] = column.split(' ');
  return `ALTER TABLE ${table} ALTER COLUMN ${name} TYPE ${type} COLLATE "C"`;
}
