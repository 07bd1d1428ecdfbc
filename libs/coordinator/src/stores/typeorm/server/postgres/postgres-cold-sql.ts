import { IS_OVER, IS_RUN } from '../../../owed-completion';

/*
 * The statements that run now and then. Instants are milliseconds, as on the write path.
 */

const instant = (milliseconds: string): string => `to_timestamp(${milliseconds}::float8 / 1000)`;
const UNFINISHED = "status NOT IN ('succeed', 'failed')";
const FAR_AND_UNHELD = `next_cron_time > ${instant('$2')} AND ${UNFINISHED}
  AND (lease_until IS NULL OR lease_until <= ${instant('$1')})`;

/** Rows that somebody else has locked are being claimed or written at this moment. */
export const DUE = `SELECT gid FROM trans_global WHERE next_cron_time <= ${instant('$1')} AND ${IS_RUN}
  ORDER BY next_cron_time LIMIT $2 FOR UPDATE SKIP LOCKED`;
/** Rows that were written a moment ago, and yet have long been due: every claim has met them locked. */
export const BUSY = `SELECT gid, status FROM trans_global WHERE next_cron_time <= ${instant('$1')}
  AND update_time >= ${instant('$2')} AND ${UNFINISHED} ORDER BY next_cron_time LIMIT $3`;
/** By the list of the gids: joined with the select above, a table that was never analysed is read whole. */
export const CLAIM = `UPDATE trans_global SET owner = $2, epoch = epoch + 1, lease_until = ${instant('$3')},
  next_cron_time = ${instant('$3')}, update_time = ${instant('$4')} WHERE gid = ANY($1::text[])`;

export const RENEW = `UPDATE trans_global SET lease_until = ${instant('$2')}, next_cron_time = ${instant('$2')}
  WHERE gid = ANY($1::text[])`;

export const REARM = `UPDATE trans_global SET next_cron_time = ${instant('$2')}, update_time = ${instant('$2')}
  WHERE gid = $1 AND (lease_until IS NULL OR lease_until <= ${instant('$2')})`;
export const EXISTS = 'SELECT 1 FROM trans_global WHERE gid = $1';
export const REARM_FAR = `UPDATE trans_global SET next_cron_time = ${instant('$1')}, update_time = ${instant('$1')}
  WHERE id = ANY(ARRAY(SELECT id FROM trans_global WHERE ${FAR_AND_UNHELD}
    ORDER BY next_cron_time LIMIT $3 FOR UPDATE SKIP LOCKED))`;
export const FAR = `SELECT 1 FROM trans_global WHERE ${FAR_AND_UNHELD} LIMIT 1`;

const KV_INSERT = `INSERT INTO kv (cat, k, v, version, create_time, update_time)
  VALUES ($1, $2, $3, 1, ${instant('$4')}, ${instant('$4')}) ON CONFLICT (cat, k)`;
export const KV_PUT = `${KV_INSERT} DO UPDATE SET v = excluded.v, version = kv.version + 1,
  update_time = excluded.update_time`;
export const KV_CREATE = `${KV_INSERT} DO NOTHING`;
export const KV_REPLACE = `UPDATE kv SET v = $3, version = version + 1, update_time = ${instant('$4')}
  WHERE cat = $1 AND k = $2 AND version = $5 AND ($6::text IS NULL OR v = $6)`;
export const KV_DELETE = 'DELETE FROM kv WHERE cat = $1 AND k = $2';

const endedBefore = (milliseconds: string): string =>
  `${IS_OVER} AND COALESCE(finish_time, rollback_time, update_time) < ${instant(milliseconds)}`;
/** The next rows whatever they are: with a condition on them, the last part of a purge would read the whole table. */
export const PURGE_NEXT = `SELECT id, gid, create_time >= ${instant('$3')} AS is_young,
  ${endedBefore('$3')} AS has_ended FROM trans_global WHERE id > $1 ORDER BY id LIMIT $2`;
/** Asks again under lock, and steps over what somebody else has locked. */
export const DELETE_GLOBALS = `DELETE FROM trans_global WHERE id = ANY(ARRAY(SELECT id FROM trans_global
  WHERE gid = ANY($1::text[]) AND ${endedBefore('$2')} FOR UPDATE SKIP LOCKED)) RETURNING gid`;
export const DELETE_BRANCHES = 'DELETE FROM trans_branch_op WHERE gid = ANY($1::text[])';
