import type { QueryRunner } from 'typeorm';

/** Rolls back what the engine can roll back when the work fails: on MySQL that is no DDL. */
export async function inTransaction(queryRunner: QueryRunner, work: () => Promise<void>): Promise<void> {
  await queryRunner.startTransaction();
  try {
    await work();
    await queryRunner.commitTransaction();
  } catch (error) {
    // The reason counts, also when the connection is gone and nothing can be rolled back any more.
    await queryRunner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}
