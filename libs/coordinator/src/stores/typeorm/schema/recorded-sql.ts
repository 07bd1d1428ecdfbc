import type { DataSource, QueryRunner } from 'typeorm';

/** What only looks is let through, as later statements depend on what it finds. PostgreSQL's setval is a SELECT that writes. */
const READS = /^\s*(SELECT(?! setval)|SHOW|PRAGMA)\b/i;

/** What TypeORM tells its own queries by. */
const QUERY = Symbol.for('Query');

/**
 * Writes down the statements of a piece of work that changes the schema, and runs none of them. Statements that only look
 * do run.
 *
 * @param absent tables to be taken for absent, though they are there
 * @returns the statements in order
 */
export async function recordSql(
  dataSource: DataSource,
  absent: readonly string[],
  work: (queryRunner: QueryRunner) => Promise<void>,
): Promise<string[]> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    // One that inherits: SQLite has a single query runner, which must not stay like this.
    const recorder = Object.create(queryRunner) as QueryRunner;
    recorder.enableSqlMemory();
    const { upQueries } = recorder.getMemorySql();
    // TypeORM keeps what its own builders make; statements written by hand would still be run.
    Object.assign(recorder, {
      query: async (sql: string, parameters?: unknown[]): Promise<unknown> =>
        READS.test(sql) ? queryRunner.query(sql, parameters) : upQueries.push({ '@instanceof': QUERY, query: sql }),
      hasTable: async (table: string) => !absent.includes(table) && queryRunner.hasTable(table),
    });
    await work(recorder);
    return upQueries.map(({ query }) => query.trim());
  } finally {
    await queryRunner.release();
  }
}
