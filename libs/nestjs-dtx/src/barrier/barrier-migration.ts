import { barrierTableDdl, DEFAULT_BARRIER_TABLE } from '@nestjs-dtx/client';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dataSourceOf, dialectOf } from './database-kind';

/** @see barrierMigration */
export interface BarrierMigrationOptions {
  /** @default 'dtx_barrier' */
  readonly table?: string;
  /**
   * Milliseconds since 1970, by which TypeORM orders migrations.
   * @default 2025-01-01
   */
  readonly timestamp?: number;
}

const DEFAULT_TIMESTAMP = Date.UTC(2025, 0, 1);

/**
 * @returns a TypeORM migration that creates the barrier's table: `migrations: [barrierMigration(), …]`
 * @throws BarrierTableError for a name that is none
 */
export function barrierMigration(options: BarrierMigrationOptions = {}): new () => MigrationInterface {
  const { table = DEFAULT_BARRIER_TABLE, timestamp = DEFAULT_TIMESTAMP } = options;
  barrierTableDdl('sqlite', table);
  const name = `CreateBarrierTable_${table.replace('.', '_')}_${timestamp}`;
  return class implements MigrationInterface {
    readonly name = name;

    async up(runner: QueryRunner): Promise<void> {
      const dialect = dialectOf(dataSourceOf(runner));
      for (const statement of barrierTableDdl(dialect, table)) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.dropTable(table);
    }
  };
}
