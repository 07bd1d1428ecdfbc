/*
 * The statements of the write path. Lists of any length stand for `(?)` and rows for `VALUES ?`, which the driver fills
 * in. Rows to be updated come as one JSON text each, as no other form of them is known to both MariaDB and MySQL.
 * Every statement names the index that it goes by: on a small table the server would rather read, and lock, all rows.
 */

export const BEGIN = 'START TRANSACTION';
/** The same in every time zone. The size is that of the largest statement that the session may send. */
export const CLOCK = `SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000 AS now,
  @@max_allowed_packet AS max_statement`;

/** After a wait the rows are read again, so what comes back is their latest version. */
export const LOCK = `SELECT gid, trans_type, status, owner, epoch, branch_count, lease_until, options
  FROM trans_global FORCE INDEX (trans_global_gid) WHERE gid IN (?) ORDER BY gid FOR UPDATE`;

/** A plain one: IGNORE would hide whatever else is wrong with a row, ON DUPLICATE KEY does not tell which rows are new. */
export const INSERT_GLOBALS = `INSERT INTO trans_global (gid, trans_type, status, query_prepared, protocol, create_time,
  update_time, options, custom_data, next_cron_interval, next_cron_time, owner, ext_data, result, rollback_reason,
  lease_until, epoch, branch_count, last_error) VALUES ?`;

export const INSERT_BRANCHES = `INSERT INTO trans_branch_op (gid, create_time, update_time, url, bin_data, branch_id, op,
  status) VALUES ?`;

export const EXISTING_BRANCHES = `SELECT gid, branch_id, op FROM trans_branch_op FORCE INDEX (trans_branch_op_gid_branch)
  WHERE gid IN (?) AND branch_id IN (?)`;

/** Columns of JSON are wider than those of the tables, as a value that does not fit is cut without a word. */
const text = (name: string, place: number): string => `${name} LONGTEXT CHARACTER SET utf8mb4 PATH '$[${place}]'`;
const key = (name: string, place: number): string => `${name} VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[${place}]'`;
const time = (name: string, place: number): string => `${name} DATETIME(3) PATH '$[${place}]'`;
const integer = (name: string, place: number): string => `${name} BIGINT PATH '$[${place}]'`;

export const UPDATE_BRANCHES = `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (${key('gid', 0)}, ${key('branch_id', 1)},
    ${key('op', 2)}, ${key('status', 3)}, ${time('finish_time', 4)}, ${time('rollback_time', 5)})) AS new
  STRAIGHT_JOIN trans_branch_op AS branch FORCE INDEX (trans_branch_op_gid_branch)
    ON branch.gid = new.gid AND branch.branch_id = new.branch_id AND branch.op = new.op
  SET branch.status = new.status, branch.update_time = ?,
    branch.finish_time = COALESCE(new.finish_time, branch.finish_time),
    branch.rollback_time = COALESCE(new.rollback_time, branch.rollback_time)`;

/** An absent value keeps what is there; owner, lease and due time are written together or not at all. */
export const UPDATE_GLOBALS = `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (${key('gid', 0)}, ${integer('epoch', 1)},
    ${key('status', 2)}, ${text('rollback_reason', 3)}, ${text('options', 4)}, ${text('custom_data', 5)},
    ${integer('branch_count', 6)}, ${time('finish_time', 7)}, ${time('rollback_time', 8)}, ${key('owner', 9)},
    ${time('lease_until', 10)}, ${time('next_cron_time', 11)}, ${integer('next_cron_interval', 12)},
    ${integer('attempts', 13)}, ${text('last_error', 14)})) AS new
  STRAIGHT_JOIN trans_global AS global FORCE INDEX (trans_global_gid) ON global.gid = new.gid
  SET global.update_time = ?, global.epoch = new.epoch,
    global.status = COALESCE(new.status, global.status),
    global.rollback_reason = COALESCE(new.rollback_reason, global.rollback_reason),
    global.options = COALESCE(new.options, global.options),
    global.custom_data = COALESCE(new.custom_data, global.custom_data),
    global.branch_count = COALESCE(new.branch_count, global.branch_count),
    global.finish_time = COALESCE(new.finish_time, global.finish_time),
    global.rollback_time = COALESCE(new.rollback_time, global.rollback_time),
    global.owner = COALESCE(new.owner, global.owner),
    global.lease_until = IF(new.owner IS NULL, global.lease_until, new.lease_until),
    global.next_cron_time = IF(new.owner IS NULL, global.next_cron_time, new.next_cron_time),
    global.next_cron_interval = COALESCE(new.next_cron_interval, global.next_cron_interval),
    global.attempts = COALESCE(new.attempts, global.attempts),
    global.last_error = COALESCE(new.last_error, global.last_error)`;

export const LOAD_GLOBALS = `SELECT id, gid, trans_type, status, query_prepared, protocol, create_time, update_time,
  finish_time, rollback_time, options, custom_data, next_cron_interval, next_cron_time, owner, ext_data, result,
  rollback_reason, lease_until, epoch, branch_count, attempts, last_error
  FROM trans_global FORCE INDEX (trans_global_gid) WHERE gid IN (?)`;
export const LOAD_BRANCHES = `SELECT id, gid, url, bin_data, branch_id, op, status, create_time, update_time, finish_time,
  rollback_time FROM trans_branch_op FORCE INDEX (trans_branch_op_gid_branch) WHERE gid IN (?) ORDER BY id`;

export const COMMIT = 'COMMIT';
export const ROLLBACK = 'ROLLBACK';
