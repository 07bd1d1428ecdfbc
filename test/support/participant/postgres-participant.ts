import { Pool } from 'pg';
import type { Cleanup } from '../cleanup';
import type { DatabaseAddress } from '../servers';
import type { ParticipantDatabase, Row } from './participant-database';
import { postgresExecutor } from './postgres-executor';
import { postgresXa } from './postgres-xa';

/** Opens a database on PostgreSQL. */
export function openPostgres(cleanup: Cleanup, address: DatabaseAddress): ParticipantDatabase {
  const { host, port, user, password, database } = address;
  const pool = new Pool({ host, port, user, password, database, max: 12 });
  cleanup.add(() => pool.end());
  const query = async (sql: string, parameters: readonly unknown[] = []) =>
    (await pool.query<Row>(sql, [...parameters])).rows;
  return {
    dialect: 'postgres',
    query,
    xa: postgresXa(() => pool.connect(), query),
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const value = await work(postgresExecutor(client));
        await client.query('commit');
        return value;
      } catch (error) {
        await client.query('rollback');
        throw error;
      } finally {
        client.release();
      }
    },
  };
}
