import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dataSourceOf } from '../data-source-of';
import { MIGRATIONS, MIGRATIONS_TABLE } from '../migrations';
import { areDtmTables, DTM_TABLES, keptAs, TAKE_OVER_TABLE, type Columns } from '../takeover/dtm-tables';
import type { TakeOverDialect } from '../takeover/take-over-dialect';
import { takeOverDialectOf } from '../takeover/take-over-dialects';

/** A migration's class: its name ends with the time at which it was written. */
export type MigrationClass = new () => MigrationInterface;

/** `needed`: the tables are dtm's. `under way`: they were renamed, and not all rows are copied yet. */
export type TakeOverState = 'none' | 'needed' | 'under way';

/** What a database holds, compared with what this version knows. */
export interface SchemaState {
  readonly applied: readonly string[];
  readonly pending: readonly MigrationClass[];
  readonly takeOver: TakeOverState;
  readonly columns: Columns;
}

/** @throws DtxError `DTX_STORE_SCHEMA_TOO_NEW` when a later version has migrated it: this one would misread it */
export async function readSchemaState(queryRunner: QueryRunner): Promise<SchemaState> {
  const dialect = takeOverDialectOf(dataSourceOf(queryRunner).options.type);
  const columns = dialect ? await readColumns(queryRunner, dialect) : new Map<string, Set<string>>();
  const applied = await appliedMigrations(queryRunner);
  const known = MIGRATIONS.map(({ name }) => name);
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new DtxError(
      ERROR_CODES.storeSchemaTooNew,
      `the store was migrated by a newer version (${unknown.join(', ')}): run that version, or a later one`,
    );
  }
  return {
    applied,
    pending: MIGRATIONS.filter(({ name }) => !applied.includes(name)),
    takeOver: await takeOverState(queryRunner, columns),
    columns,
  };
}

async function appliedMigrations(queryRunner: QueryRunner): Promise<string[]> {
  if (!(await queryRunner.hasTable(MIGRATIONS_TABLE))) return [];
  const rows = (await queryRunner.query(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`)) as { name: string }[];
  return rows.map(({ name }) => name);
}

async function takeOverState(queryRunner: QueryRunner, columns: Columns): Promise<TakeOverState> {
  if (areDtmTables(columns)) return 'needed';
  if (!columns.has(TAKE_OVER_TABLE)) return 'none';
  const rows = (await queryRunner.query(
    `SELECT 1 AS found FROM ${TAKE_OVER_TABLE} WHERE finished_at IS NULL`,
  )) as unknown[];
  return rows.length > 0 ? 'under way' : 'none';
}

async function readColumns(queryRunner: QueryRunner, { currentSchema }: TakeOverDialect): Promise<Columns> {
  const names = [...DTM_TABLES, ...DTM_TABLES.map(keptAs), TAKE_OVER_TABLE, MIGRATIONS_TABLE].map(
    (name) => `'${name}'`,
  );
  const rows = (await queryRunner.query(
    `SELECT table_name AS found_table, column_name AS found_column FROM information_schema.columns
      WHERE table_schema = ${currentSchema} AND table_name IN (${names.join(', ')})`,
  )) as { found_table: string; found_column: string }[];
  const columns = new Map<string, Set<string>>();
  for (const row of rows) {
    const table = columns.get(row.found_table) ?? new Set();
    columns.set(row.found_table, table.add(row.found_column));
  }
  return columns;
}
