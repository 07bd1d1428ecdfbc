import type { DataSource, QueryRunner } from 'typeorm';

/** What both versions of TypeORM have between them: 0.3 knows `connection` only, 1.x means to drop it. */
interface OfEitherVersion {
  readonly dataSource?: DataSource;
  readonly connection?: DataSource;
}

/** @returns the DataSource that a query runner belongs to, in TypeORM 0.3 and 1.x */
export function dataSourceOf(queryRunner: QueryRunner): DataSource {
  const runner: OfEitherVersion = queryRunner;
  return (runner.dataSource ?? runner.connection) as DataSource;
}
