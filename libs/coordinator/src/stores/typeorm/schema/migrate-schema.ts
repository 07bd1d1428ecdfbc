import type { DataSource, QueryRunner } from 'typeorm';
import { dataSourceOf } from '../data-source-of';
import type { Quiet } from '../takeover/dtm-activity';
import { QUIET } from '../takeover/dtm-activity';
import { DTM_TABLES } from '../takeover/dtm-tables';
import { TakeOver } from '../takeover/take-over';
import { takeOverDialectOf } from '../takeover/take-over-dialects';
import { applyMigrations } from './apply-migrations';
import { withMigrationLock } from './migration-lock';
import { recordSql } from './recorded-sql';
import type { Reporter } from './reporter';
import { readSchemaState, type SchemaState } from './schema-state';

/** What a migration may need to be told. */
export interface MigrationOptions {
  /** Zone of the local times in a database of dtm's: a name as `Europe/Berlin`, or an offset as `+08:00`. */
  readonly sourceTimeZone?: string | undefined;
  readonly report?: Reporter;
  /** How still a database of dtm's has to be. */
  readonly quiet?: Quiet;
  /** Rows that a take-over copies with one statement: few enough for short transactions and a progress that moves. */
  readonly copyRows?: number;
  /** How long to wait while another process migrates. Milliseconds. */
  readonly waitMs?: number;
}

const COPY_ROWS = 2000;
const WAIT_MS = 30_000;

/**
 * Brings the schema up to what this version knows, and takes a database of dtm's over.
 *
 * @throws DtxError `DTX_STORE_SCHEMA_TOO_NEW`, `DTX_STORE_LOCKED`, `DTX_TAKEOVER_REFUSED`, `DTX_INVALID_CONFIG`
 */
export async function migrateSchema(dataSource: DataSource, options: MigrationOptions = {}): Promise<void> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    await withMigrationLock(queryRunner, options.waitMs ?? WAIT_MS, async () => {
      const state = await readSchemaState(queryRunner);
      const takeOver = takeOverOf(queryRunner, state, options);
      const pace = { quiet: options.quiet ?? QUIET, rows: options.copyRows ?? COPY_ROWS };
      if (state.takeOver === 'needed') await takeOver?.run(pace);
      else if (state.takeOver === 'under way') await takeOver?.resume(pace);
      else await applyMigrations(queryRunner, state.pending, options.report ?? silent);
    });
  } finally {
    await queryRunner.release();
  }
}

/**
 * @returns the statements that {@link migrateSchema} would run, none of which is run; empty when there is nothing to do
 * @throws DtxError as `migrateSchema` does
 */
export async function migrationSql(dataSource: DataSource, options: MigrationOptions = {}): Promise<string[]> {
  const state = await withQueryRunner(dataSource, readSchemaState);
  if (state.takeOver === 'none' && state.pending.length === 0) return [];
  const absent = state.takeOver === 'needed' ? DTM_TABLES : [];
  return recordSql(dataSource, absent, async (queryRunner) => {
    const takeOver = takeOverOf(queryRunner, state, options);
    if (state.takeOver === 'none') await applyMigrations(queryRunner, state.pending, silent);
    else await takeOver?.writeDown();
  });
}

/** @returns what the database holds, compared with what this version knows. */
export function schemaState(dataSource: DataSource): Promise<SchemaState> {
  return withQueryRunner(dataSource, readSchemaState);
}

const silent: Reporter = () => undefined;

function takeOverOf(queryRunner: QueryRunner, state: SchemaState, options: MigrationOptions): TakeOver | undefined {
  const dialect = takeOverDialectOf(dataSourceOf(queryRunner).options.type);
  const report = options.report ?? silent;
  return (
    dialect &&
    new TakeOver({
      queryRunner,
      dialect,
      columns: state.columns,
      sourceTimeZone: options.sourceTimeZone,
      createTables: () => applyMigrations(queryRunner, state.pending, report),
      report,
    })
  );
}

async function withQueryRunner<T>(dataSource: DataSource, work: (queryRunner: QueryRunner) => Promise<T>): Promise<T> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    return await work(queryRunner);
  } finally {
    await queryRunner.release();
  }
}
