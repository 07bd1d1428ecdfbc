import type { SqlExecutor } from '@nestjs-dtx/client';
import type mysql from 'mysql2/promise';

/** @returns how a barrier runs statements on a connection */
export function mysqlExecutor(connection: mysql.Connection): SqlExecutor {
  return {
    async execute(sql, parameters) {
      const [result] = await connection.query<mysql.ResultSetHeader | mysql.RowDataPacket[]>(sql, [...parameters]);
      return Array.isArray(result) ? { affected: 0, rows: result } : { affected: result.affectedRows, rows: [] };
    },
  };
}
