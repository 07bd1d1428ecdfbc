import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dataSourceOf } from '../data-source-of';

const INDEX = 'trans_global_business_key';

/**
 * Finds the transactions of a business key. Where partial indexes exist, one without a key costs nothing; MySQL indexes all
 * rows. The ids are part of it, as lists go by them.
 */
export class BusinessKeyIndex1764100000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const { type } = dataSourceOf(queryRunner).options;
    if (type === 'mysql' || type === 'mariadb') return createOnMysql(queryRunner);
    // Byte by byte, as the other keys: see the migration before this one.
    if (type === 'postgres') {
      await queryRunner.query('ALTER TABLE trans_global ALTER COLUMN business_key TYPE varchar(128) COLLATE "C"');
    }
    await queryRunner.query(
      `CREATE INDEX IF NOT EXISTS ${INDEX} ON trans_global (business_key, id) WHERE business_key <> ''`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const { type } = dataSourceOf(queryRunner).options;
    await queryRunner.query(`DROP INDEX ${INDEX}${type === 'mysql' || type === 'mariadb' ? ' ON trans_global' : ''}`);
  }
}

/** MySQL does not know IF NOT EXISTS here, and a migration that broke off is run again. */
async function createOnMysql(queryRunner: QueryRunner): Promise<void> {
  const existing = (await queryRunner.query(
    `SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE()
      AND table_name = 'trans_global' AND index_name = '${INDEX}'`,
  )) as readonly unknown[];
  if (existing.length === 0) await queryRunner.query(`CREATE INDEX ${INDEX} ON trans_global (business_key, id)`);
}
