import { join } from 'node:path';
import type { SqlExecutor } from '@nestjs-dtx/client';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Cleanup } from '../cleanup';
import { temporaryFolder } from '../temporary-folder';
import type { ParticipantDatabase, Row } from './participant-database';

/** Opens a database in a file. It has one connection, so transactions wait for each other. */
export async function openSqlite(cleanup: Cleanup): Promise<ParticipantDatabase> {
  const database = new DatabaseSync(join(await temporaryFolder(cleanup, 'participant'), 'accounts.sqlite'));
  cleanup.add(() => database.close());
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
  const executor = sqliteExecutor(database);
  return {
    dialect: 'sqlite',
    query: (sql, parameters = []) => inTurn(async () => (await executor.execute(sql, parameters)).rows as Row[]),
    transaction: (work) =>
      inTurn(async () => {
        database.exec('begin immediate');
        try {
          const value = await work(executor);
          database.exec('commit');
          return value;
        } catch (error) {
          database.exec('rollback');
          throw error;
        }
      }),
  };
}

function sqliteExecutor(database: InstanceType<typeof DatabaseSync>): SqlExecutor {
  return {
    execute: async (sql, parameters) => {
      const statement = database.prepare(sql);
      const values = parameters as (string | number)[];
      if (statement.columns().length > 0) return { affected: 0, rows: statement.all(...values) as Row[] };
      return { affected: Number(statement.run(...values).changes), rows: [] };
    },
  };
}
