import type { SqlExecutor } from '@nestjs-dtx/client';
import type { PoolClient } from 'pg';
import type { Row } from './participant-database';

/** @returns how a barrier runs statements on a connection */
export function postgresExecutor(client: PoolClient): SqlExecutor {
  return {
    async execute(sql, parameters) {
      const { rowCount, rows } = await client.query<Row>(sql, [...parameters]);
      return { affected: rowCount ?? 0, rows };
    },
  };
}
