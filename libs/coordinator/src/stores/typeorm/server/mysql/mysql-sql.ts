/*
 * The statements of the write path. Lists are written by the driver's own escaping of nested arrays. Every one that locks
 * names its index: on a small table the optimizer prefers to read all of it, and would wait for rows that do not concern it.
 */

export const BEGIN = 'START TRANSACTION';
export const COMMIT = 'COMMIT';
export const ROLLBACK = 'ROLLBACK';
/** The same in every time zone. With the size of the largest statement that the session may send. */
export const CLOCK = `SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000 AS now,
  @@max_allowed_packet AS max_statement`;

/** In gid order: two batches that lock in different orders would deadlock. */
export const LOCK = `SELECT gid, trans_type, status, owner, epoch, branch_count, lease_until, options
  FROM trans_global FORCE INDEX (trans_global_gid) WHERE gid IN (?) ORDER BY gid FOR UPDATE`;

/** A gid that somebody else has inserted since the batch looked for it fails the batch, which is repeated. */
export const INSERT_GLOBALS = `INSERT INTO trans_global (gid, trans_type, status, query_prepared, protocol, create_time,
  update_time, options, custom_data, next_cron_interval, next_cron_time, owner, ext_data, result, rollback_reason,
  lease_until, epoch, branch_count, last_error, business_key) VALUES ?`;

export const INSERT_BRANCHES = `INSERT INTO trans_branch_op
  (gid, create_time, update_time, url, bin_data, branch_id, op, status) VALUES ?`;
export const EXISTING_BRANCHES = `SELECT gid, branch_id, op FROM trans_branch_op
  FORCE INDEX (trans_branch_op_gid_branch) WHERE gid IN (?) AND branch_id IN (?)`;

export const LOAD_GLOBALS = 'SELECT * FROM trans_global FORCE INDEX (trans_global_gid) WHERE gid IN (?)';
export const LOAD_BRANCHES = `SELECT * FROM trans_branch_op FORCE INDEX (trans_branch_op_gid_branch)
  WHERE gid IN (?) ORDER BY id`;

/** @param timeColumn that also gets the time, if any: a list of gids costs the server less than one of whole keys */
export function updateBranches(timeColumn: 'finish_time' | 'rollback_time' | undefined): string {
  return `UPDATE trans_branch_op FORCE INDEX (trans_branch_op_gid_branch)
    SET status = ?, update_time = ?${timeColumn ? `, ${timeColumn} = ?` : ''}
    WHERE gid IN (?) AND branch_id = ? AND op = ?`;
}

/** @param columns of `trans_global` that get a value */
export function updateGlobals(columns: readonly string[]): string {
  return `UPDATE trans_global FORCE INDEX (trans_global_gid)
    SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE gid IN (?)`;
}
