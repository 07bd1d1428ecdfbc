import { IS_OVER, IS_RUN } from '../../../owed-completion';

/*
 * The statements that run now and then.
 */

const UNFINISHED = "status NOT IN ('succeed', 'failed')";
const BY_DUE_TIME = 'trans_global FORCE INDEX (trans_global_next_cron_time)';
const BY_GID = 'trans_global FORCE INDEX (trans_global_gid)';
const FAR_AND_UNHELD = `next_cron_time > ? AND ${UNFINISHED} AND (lease_until IS NULL OR lease_until <= ?)`;

/** Rows that somebody else has locked are being claimed or written at this moment. */
export const DUE = `SELECT gid FROM ${BY_DUE_TIME} WHERE next_cron_time <= ? AND ${IS_RUN}
  ORDER BY next_cron_time LIMIT ? FOR UPDATE SKIP LOCKED`;
/** Rows that were written a moment ago, and yet have long been due: every claim has met them locked. */
export const BUSY = `SELECT gid, status FROM ${BY_DUE_TIME} WHERE next_cron_time <= ? AND update_time >= ?
  AND ${UNFINISHED} ORDER BY next_cron_time LIMIT ?`;
export const CLAIM = `UPDATE ${BY_GID} SET owner = ?, epoch = epoch + 1, lease_until = ?, next_cron_time = ?,
  update_time = ? WHERE gid IN (?)`;

export const RENEW = `UPDATE ${BY_GID} SET lease_until = ?, next_cron_time = ? WHERE gid IN (?)`;

export const REARM = `UPDATE ${BY_GID} SET next_cron_time = ?, update_time = ?
  WHERE gid = ? AND (lease_until IS NULL OR lease_until <= ?)`;
export const EXISTS = 'SELECT 1 FROM trans_global WHERE gid = ?';
export const FAR_GIDS = `SELECT gid FROM ${BY_DUE_TIME} WHERE ${FAR_AND_UNHELD}
  ORDER BY next_cron_time LIMIT ? FOR UPDATE SKIP LOCKED`;
export const REARM_ALL = `UPDATE ${BY_GID} SET next_cron_time = ?, update_time = ? WHERE gid IN (?)`;
export const FAR = `SELECT 1 FROM ${BY_DUE_TIME} WHERE ${FAR_AND_UNHELD} LIMIT 1`;

const KV_INSERT = `INSERT INTO kv (cat, k, v, version, create_time, update_time) VALUES (?, ?, ?, 1, ?, ?)
  ON DUPLICATE KEY UPDATE`;
export const KV_PUT = `${KV_INSERT} v = VALUES(v), version = version + 1, update_time = VALUES(update_time)`;
export const KV_CREATE = `${KV_INSERT} id = id`;
export const KV_REPLACE = `UPDATE kv SET v = ?, version = version + 1, update_time = ?
  WHERE cat = ? AND k = ? AND version = ? AND (? IS NULL OR CAST(v AS BINARY) = CAST(? AS BINARY))`;
export const KV_DELETE = 'DELETE FROM kv WHERE cat = ? AND k = ?';

const ENDED_BEFORE = `${IS_OVER} AND COALESCE(finish_time, rollback_time, update_time) < ?`;
/** The next rows whatever they are: with a condition on them, the last part of a purge would read the whole table. */
export const PURGE_NEXT = `SELECT id, gid, create_time >= ? AS is_young, ${ENDED_BEFORE} AS has_ended
  FROM trans_global FORCE INDEX (PRIMARY) WHERE id > ? ORDER BY id LIMIT ?`;
/** Asks again under lock, and steps over what somebody else has locked. */
export const LOCK_ENDED = `SELECT gid FROM ${BY_GID} WHERE gid IN (?) AND ${ENDED_BEFORE}
  ORDER BY gid FOR UPDATE SKIP LOCKED`;
export const DELETE_GLOBALS = 'DELETE FROM trans_global WHERE gid IN (?)';
export const DELETE_BRANCHES = 'DELETE FROM trans_branch_op WHERE gid IN (?)';
