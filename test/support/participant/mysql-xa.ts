import type mysql from 'mysql2/promise';
import { until } from '../until';
import { mysqlExecutor } from './mysql-executor';
import type { Row } from './participant-database';
import type { XaBranches } from './xa-branches';

/** MySQL's `XAER_NOTA`: no branch has this xid — or its session is not closed yet, which the server does a moment later. */
const UNKNOWN_XID = 1397;

/** @param connect opens a connection of its own @param query runs a statement on any connection */
export function mysqlXa(
  connect: () => Promise<mysql.Connection>,
  query: (sql: string) => Promise<readonly Row[]>,
): XaBranches {
  const inDoubt = async (): Promise<string[]> => (await query('xa recover')).map((row) => String(row['data']));

  /** An unknown xid counts as done only if the branch is really not there (C-13). */
  const endsWith = (verb: 'commit' | 'rollback', xid: string) =>
    until(`xa ${verb} of ${xid} is done`, async () => {
      try {
        await query(`xa ${verb} '${xid}'`);
        return true;
      } catch (error) {
        if ((error as { errno?: number }).errno !== UNKNOWN_XID) throw error;
        return !(await inDoubt()).includes(xid);
      }
    });

  return {
    inDoubt,
    commit: async (xid) => void (await endsWith('commit', xid)),
    rollback: async (xid) => void (await endsWith('rollback', xid)),
    async prepare(xid, work) {
      const connection = await connect();
      try {
        await connection.query(`xa start '${xid}'`);
        try {
          await work(mysqlExecutor(connection));
          await connection.query(`xa end '${xid}'`);
          await connection.query(`xa prepare '${xid}'`);
        } catch (error) {
          await connection.query(`xa end '${xid}'`).catch(() => {});
          await connection.query(`xa rollback '${xid}'`);
          throw error;
        }
      } finally {
        await connection.end();
      }
    },
  };
}
