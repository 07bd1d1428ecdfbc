import type { BarrierDialect, SqlExecutor } from '@nestjs-dtx/client';
import { barrierTableDdl } from '@nestjs-dtx/client';
import mysql from 'mysql2/promise';
import { Pool, type PoolClient } from 'pg';
import type { Cleanup } from '../support/cleanup';
import { freshDatabase, type DatabaseAddress, type ServerName } from '../support/servers';

type Row = Record<string, unknown>;

/** A participant's database on a real server, reached by its plain driver. */
export interface BarrierDatabase {
  readonly dialect: BarrierDialect;
  readonly address: DatabaseAddress;
  /** Runs the work in a local transaction on a connection of its own. */
  transaction<T>(work: (executor: SqlExecutor) => Promise<T>): Promise<T>;
  /** One statement outside of any transaction. */
  query(sql: string): Promise<readonly Row[]>;
}

/** Makes a database with the barrier's table, and a table of effects. The clean-up removes it. */
export async function barrierDatabase(cleanup: Cleanup, name: ServerName): Promise<BarrierDatabase> {
  const address = await freshDatabase(cleanup, name);
  const database = name === 'postgres' ? postgresDatabase(cleanup, address) : mysqlDatabase(cleanup, address);
  for (const statement of barrierTableDdl(database.dialect)) await database.query(statement);
  await database.query('create table effects (gid varchar(128), op varchar(45))');
  return database;
}

function mysqlDatabase(cleanup: Cleanup, address: DatabaseAddress): BarrierDatabase {
  const { host, port, user, password, database } = address;
  const pool = mysql.createPool({ host, port, user, password, database, connectionLimit: 12 });
  cleanup.add(() => pool.end());
  const executorOf = (connection: mysql.PoolConnection): SqlExecutor => ({
    async execute(sql, parameters) {
      const [result] = await connection.query<mysql.ResultSetHeader | mysql.RowDataPacket[]>(sql, [
        ...(parameters as string[]),
      ]);
      return Array.isArray(result) ? { affected: 0, rows: result } : { affected: result.affectedRows, rows: [] };
    },
  });
  return {
    dialect: 'mysql',
    address,
    async transaction(work) {
      const connection = await pool.getConnection();
      try {
        await connection.beginTransaction();
        const value = await work(executorOf(connection));
        await connection.commit();
        return value;
      } catch (error) {
        await connection.rollback();
        throw error;
      } finally {
        connection.release();
      }
    },
    query: async (sql) => (await pool.query(sql))[0] as Row[],
  };
}

function postgresDatabase(cleanup: Cleanup, address: DatabaseAddress): BarrierDatabase {
  const { host, port, user, password, database } = address;
  const pool = new Pool({ host, port, user, password, database, max: 12 });
  cleanup.add(() => pool.end());
  const executorOf = (client: PoolClient): SqlExecutor => ({
    async execute(sql, parameters) {
      const { rowCount, rows } = await client.query<Row>(sql, [...parameters]);
      return { affected: rowCount ?? 0, rows };
    },
  });
  return {
    dialect: 'postgres',
    address,
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const value = await work(executorOf(client));
        await client.query('commit');
        return value;
      } catch (error) {
        await client.query('rollback');
        throw error;
      } finally {
        client.release();
      }
    },
    query: async (sql) => (await pool.query<Row>(sql)).rows,
  };
}
