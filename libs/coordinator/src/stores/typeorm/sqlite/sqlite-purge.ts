import type { Instant } from '@nestjs-dtx/engine';
import { sqliteTime } from '@nestjs-dtx/sqlite';
import { IS_OVER } from '../../owed-completion';
import type { PurgeProgress, PurgeRequest } from '../../transaction-store';
import type { SqliteConnection } from './sqlite-connection';

/** In the order of the table itself: whatever else the row holds is not read. */
const NEXT = `SELECT id, gid, create_time >= ?3 AS young,
  ${IS_OVER} AND COALESCE(finish_time, rollback_time, update_time) < ?3 AS ended
  FROM trans_global WHERE id > ?1 ORDER BY id LIMIT ?2`;
const DELETE_BRANCHES = 'DELETE FROM trans_branch_op WHERE gid = ?';
const DELETE_GLOBAL = 'DELETE FROM trans_global WHERE id = ?';

interface NextRow {
  readonly id: number;
  readonly gid: string;
  readonly young: number;
  readonly ended: number;
}

/**
 * One part of a purge. To be called inside a transaction, whose lock keeps what was read true until it is deleted.
 *
 * @see TransactionStore.purge
 */
export function purgeSqlite(connection: SqliteConnection, request: PurgeRequest, now: Instant): PurgeProgress {
  const { afterId, limit, finishedForMs } = request;
  const next = connection.all<NextRow>(NEXT, afterId, limit, sqliteTime(now - finishedForMs));
  const end = next.findIndex(({ young }) => young === 1);
  const old = end === -1 ? next : next.slice(0, end);
  const ended = old.filter((row) => row.ended === 1);
  for (const { id, gid } of ended) {
    connection.run(DELETE_BRANCHES, gid);
    connection.run(DELETE_GLOBAL, id);
  }
  return { deleted: ended.length, lastId: end === -1 ? old.at(-1)?.id : undefined };
}
