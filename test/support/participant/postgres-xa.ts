import type { PoolClient } from 'pg';
import type { Row } from './participant-database';
import { postgresExecutor } from './postgres-executor';
import type { XaBranches } from './xa-branches';

/** PostgreSQL's `undefined_object`: no prepared transaction has this name. */
const UNKNOWN_XID = '42704';

/** @param connect takes a connection of its own @param query runs a statement on any connection */
export function postgresXa(
  connect: () => Promise<PoolClient>,
  query: (sql: string) => Promise<readonly Row[]>,
): XaBranches {
  const end = async (verb: 'commit' | 'rollback', xid: string): Promise<void> => {
    try {
      await query(`${verb} prepared '${xid}'`);
    } catch (error) {
      if ((error as { code?: string }).code !== UNKNOWN_XID) throw error;
    }
  };
  return {
    inDoubt: async () =>
      (await query('select gid from pg_prepared_xacts where database = current_database()')).map((row) =>
        String(row['gid']),
      ),
    commit: (xid) => end('commit', xid),
    rollback: (xid) => end('rollback', xid),
    async prepare(xid, work) {
      const client = await connect();
      try {
        await client.query('begin');
        try {
          await work(postgresExecutor(client));
          await client.query(`prepare transaction '${xid}'`);
        } catch (error) {
          await client.query('rollback');
          throw error;
        }
      } finally {
        client.release();
      }
    },
  };
}
