import { Table, type QueryRunner } from 'typeorm';
import { dataSourceOf } from '../data-source-of';
import { MIGRATIONS_TABLE } from '../migrations';
import { inTransaction } from './in-transaction';
import type { Reporter } from './reporter';
import type { MigrationClass } from './schema-state';

/** Digits at the end of a migration's name. Milliseconds. */
const WRITTEN_AT = /\d{13}$/;

/**
 * Runs migrations, each with its mark in one database transaction. Where DDL is not transactional (MySQL) one that broke
 * off in the middle is run again: every step of every migration has to stand that.
 *
 * Not TypeORM's executor: it would take another connection than the one that holds the migration lock, and could not
 * write down what it would do.
 */
export async function applyMigrations(
  queryRunner: QueryRunner,
  pending: readonly MigrationClass[],
  report: Reporter,
): Promise<void> {
  await createMigrationsTable(queryRunner);
  for (const migration of pending) {
    report(`applying ${migration.name}`);
    await inTransaction(queryRunner, async () => {
      await new migration().up(queryRunner);
      const [writtenAt = '0'] = WRITTEN_AT.exec(migration.name) ?? [];
      await queryRunner.query(
        `INSERT INTO ${MIGRATIONS_TABLE} (timestamp, name) VALUES (${writtenAt}, '${migration.name}')`,
      );
    });
  }
}

/** The table that TypeORM's own commands expect. */
async function createMigrationsTable(queryRunner: QueryRunner): Promise<void> {
  const { driver } = dataSourceOf(queryRunner);
  const { migrationId, migrationTimestamp, migrationName } = driver.mappedDataTypes;
  const column = (name: string, type: typeof migrationId) => ({ name, type: driver.normalizeType({ type }) });
  const id = { isPrimary: true, isGenerated: true, generationStrategy: 'increment' as const };
  const table = new Table({
    name: MIGRATIONS_TABLE,
    columns: [
      { ...column('id', migrationId), ...id },
      column('timestamp', migrationTimestamp),
      column('name', migrationName),
    ],
  });
  await queryRunner.createTable(table, true);
}
