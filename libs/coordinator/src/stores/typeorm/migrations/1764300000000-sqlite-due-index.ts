import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dataSourceOf } from '../data-source-of';

const INDEX = 'trans_global_next_cron_time';

/** SQLite indexes NULL. Without it a finished transaction costs the due-scan's index nothing, as on PostgreSQL. */
export class SqliteDueIndex1764300000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    if (!isSqlite(queryRunner)) return;
    await queryRunner.query(`DROP INDEX ${INDEX}`);
    await queryRunner.query(`CREATE INDEX ${INDEX} ON trans_global (next_cron_time) WHERE next_cron_time IS NOT NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    if (!isSqlite(queryRunner)) return;
    await queryRunner.query(`DROP INDEX ${INDEX}`);
    await queryRunner.query(`CREATE INDEX ${INDEX} ON trans_global (next_cron_time)`);
  }
}

function isSqlite(queryRunner: QueryRunner): boolean {
  return dataSourceOf(queryRunner).options.type === 'better-sqlite3';
}
