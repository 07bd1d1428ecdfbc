import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { DataSource } from 'typeorm';
import { MIGRATIONS, MIGRATIONS_TABLE } from './migrations';

/**
 * Brings the schema up to what this version knows.
 *
 * @param dataSource connected, with the right to change the schema
 * @throws DtxError `DTX_STORE_SCHEMA_TOO_NEW` when a later version has migrated it: this one would misread it
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  const known = new Set(MIGRATIONS.map((migration) => migration.name));
  const unknown = (await appliedMigrations(dataSource)).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new DtxError(
      ERROR_CODES.storeSchemaTooNew,
      `the store was migrated by a newer version (${unknown.join(', ')}): run that version, or a later one`,
    );
  }
  await dataSource.runMigrations({ transaction: 'each' });
}

async function appliedMigrations(dataSource: DataSource): Promise<string[]> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    if (!(await queryRunner.hasTable(MIGRATIONS_TABLE))) return [];
    const rows = (await queryRunner.query(`SELECT name FROM ${MIGRATIONS_TABLE}`)) as { name: string }[];
    return rows.map(({ name }) => name);
  } finally {
    await queryRunner.release();
  }
}
