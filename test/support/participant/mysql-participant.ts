import mysql from 'mysql2/promise';
import type { Cleanup } from '../cleanup';
import type { DatabaseAddress } from '../servers';
import { mysqlExecutor } from './mysql-executor';
import { mysqlXa } from './mysql-xa';
import type { ParticipantDatabase, Row } from './participant-database';

/** Opens a database on MySQL or MariaDB. */
export function openMysql(cleanup: Cleanup, address: DatabaseAddress): ParticipantDatabase {
  const { host, port, user, password, database } = address;
  const options = { host, port, user, password, database };
  const pool = mysql.createPool({ ...options, connectionLimit: 12 });
  cleanup.add(() => pool.end());
  const query = async (sql: string, parameters: readonly unknown[] = []) =>
    (await pool.query(sql, [...parameters]))[0] as Row[];
  return {
    dialect: 'mysql',
    query,
    xa: mysqlXa(() => mysql.createConnection(options), query),
    async transaction(work) {
      const connection = await pool.getConnection();
      try {
        await connection.beginTransaction();
        const value = await work(mysqlExecutor(connection));
        await connection.commit();
        return value;
      } catch (error) {
        await connection.rollback();
        throw error;
      } finally {
        connection.release();
      }
    },
  };
}
