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

/**
 * One statement for all branches that get the same values: one for each name would cost the server more. A list of whole keys
 * would make it read the whole table.
 *
 * @param timeColumn that also gets the time, if any
 * @param names how many names of branches there are among them; each has its list of gids
 */
export function updateBranches(timeColumn: 'finish_time' | 'rollback_time' | undefined, names: number): string {
  const each = Array.from({ length: names }, () => '(gid IN (?) AND branch_id = ? AND op = ?)').join(' OR ');
  return `UPDATE trans_branch_op FORCE INDEX (trans_branch_op_gid_branch)
    SET status = ?, update_time = ?${timeColumn ? `, ${timeColumn} = ?` : ''}
    WHERE ${each}`;
}

/** @param columns of `trans_global` that get a value */
export function updateGlobals(columns: readonly string[]): string {
  return `UPDATE trans_global FORCE INDEX (trans_global_gid)
    SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE gid IN (?)`;
}

/** The time of a foreseen batch, which the server is the first to know. */
export const SET_BATCH_TIME = 'SET @dtx_now = UTC_TIMESTAMP(3)';
const BATCH_TIME = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', @dtx_now) DIV 1000";

/** @returns the time that is so many milliseconds from that of the batch */
export function batchTime(milliseconds: number): string {
  return milliseconds === 0 ? '@dtx_now' : `@dtx_now + INTERVAL ${milliseconds} * 1000 MICROSECOND`;
}

export const FORESEEN_CLOCK = `SELECT ${BATCH_TIME} AS now`;

/** How several statements are sent. */
export interface BatchForm {
  /** @param statements with `;` between them. @returns what is sent */
  readonly textOf: (statements: string) => string;
  /** Which of the answers to a foreseen batch tells the time. */
  readonly clock: number;
}

/** The server answers each of the statements. */
export const SEPARATE: BatchForm = { textOf: (statements) => statements, clock: 2 };

/**
 * One compound statement, which only MariaDB knows outside of a procedure: it answers what is selected and the end. Each
 * answer of a statement is a packet of its own, which wakes us up.
 */
export const COMPOUND: BatchForm = { textOf: (statements) => `BEGIN NOT ATOMIC\n${statements};\nEND`, clock: 0 };

/** The largest number of its type: to add it to a time is an error in a SELECT, under whatever settings. */
const LARGEST = '18446744073709551615';

/**
 * The same, with the rows that the batch is about locked in gid order. Fails if one of them is not at its epoch or has ended:
 * the time gets too large then. What a locking read compares is a row's latest version.
 *
 * @param epochs how many epochs there are among them; each has its list of gids if there are several
 */
export function hold(epochs: number): string {
  const each = Array.from({ length: epochs }, () => '(epoch = ? AND gid IN (?))').join(' OR ');
  return `SELECT ${BATCH_TIME} + ${LARGEST} * (COUNT(*) <> ?) AS now FROM trans_global FORCE INDEX (trans_global_gid)
    WHERE gid IN (?) AND ${epochs === 1 ? 'epoch = ?' : `(${each})`} AND status NOT IN ('succeed', 'failed') FOR UPDATE`;
}
