import { barrierTableDdl, BarrierTableError, DEFAULT_BARRIER_TABLE } from '@nestjs-dtx/client';
import type { DataSource, QueryRunner } from 'typeorm';
import { dialectOf } from './database-kind';

/** Creates the barrier's table with its index, unless it is there. For scripts and tests; applications use a migration. */
export async function createBarrierTable(dataSource: DataSource, table?: string): Promise<void> {
  const statements = barrierTableDdl(dialectOf(dataSource), table);
  await withRunner(dataSource, async (runner) => {
    for (const statement of statements) await runner.query(statement);
  });
}

/** @throws BarrierTableError when the table cannot be read, with the fix in its message */
export async function checkBarrierTable(dataSource: DataSource, table: string, where: string): Promise<void> {
  // Refuses what is no name before it gets into a statement.
  barrierTableDdl(dialectOf(dataSource), table);
  try {
    await withRunner(dataSource, (runner) =>
      runner.query(
        `select trans_type, gid, branch_id, op, barrier_id, reason from ${quoted(dataSource, table)} where 1 = 0`,
      ),
    );
  } catch (cause) {
    throw new BarrierTableError(
      table,
      `cannot be used by ${where} on its DataSource: add barrierMigration(${table === DEFAULT_BARRIER_TABLE ? '' : `{ table: '${table}' }`}) ` +
        `to the DataSource's migrations and run them, or name the right one in @BarrierProtected({ dataSource, table }) (${(cause as Error).message})`,
      { cause },
    );
  }
}

function quoted(dataSource: DataSource, table: string): string {
  const quote = dialectOf(dataSource) === 'mysql' ? '`' : '"';
  return table
    .split('.')
    .map((part) => quote + part + quote)
    .join('.');
}

async function withRunner<T>(dataSource: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    return await work(runner);
  } finally {
    await runner.release();
  }
}
