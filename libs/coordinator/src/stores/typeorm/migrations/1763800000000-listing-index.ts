import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dataSourceOf } from '../data-source-of';

/**
 * Finds the few transactions that are not simply done among millions that are. Where partial indexes exist, one that
 * succeeded is not in it, so it stays as small as what is under way or has failed; MySQL indexes all rows. There is none for
 * the time of creation or for the type: each would cost every write, and ids in the order of creation serve as well.
 */
export class ListingIndex1763800000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    if (isMysql(queryRunner)) await createOnMysql(queryRunner);
    else {
      await queryRunner.query(
        "CREATE INDEX IF NOT EXISTS trans_global_status ON trans_global (status, id) WHERE status <> 'succeed'",
      );
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX trans_global_status${isMysql(queryRunner) ? ' ON trans_global' : ''}`);
  }
}

function isMysql(queryRunner: QueryRunner): boolean {
  const { type } = dataSourceOf(queryRunner).options;
  return type === 'mysql' || type === 'mariadb';
}

/** MySQL does not know IF NOT EXISTS here, and a migration that broke off is run again. */
async function createOnMysql(queryRunner: QueryRunner): Promise<void> {
  const existing = (await queryRunner.query(
    `SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE()
      AND table_name = 'trans_global' AND index_name = 'trans_global_status'`,
  )) as readonly unknown[];
  if (existing.length === 0) await queryRunner.query('CREATE INDEX trans_global_status ON trans_global (status, id)');
}
