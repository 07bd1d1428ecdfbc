import { insertBranches, insertGlobals, updateBranches, updateGlobals } from './postgres-write-sql';

/*
 * The statements of the write path. Each takes arrays and makes rows of them with `unnest`, so that its text is the same
 * for a batch of any size: one text, parsed once per connection. Instants are milliseconds on their way in and out,
 * which no time zone and no date style can change.
 */

/** `float8` holds milliseconds of our days exactly; the column rounds to them. */
const instant = (milliseconds: string): string => `to_timestamp(${milliseconds} / 1000)`;

export const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';
/** Not `now()`, which stands still from the start of the database transaction. */
export const CLOCK = 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now';

/**
 * The lock is taken on top of the sort, row by row in gid order; after a wait READ COMMITTED reads the row again, so what
 * comes back is its latest version.
 */
export const LOCK = `SELECT gid, trans_type, status, owner, epoch, branch_count, lease_until, options FROM trans_global
  WHERE gid = ANY($1::text[]) ORDER BY gid FOR UPDATE`;

export const INSERT_GLOBALS = insertGlobals(instant);
export const INSERT_BRANCHES = insertBranches(instant);

export const EXISTING_BRANCHES = `SELECT gid, branch_id, op FROM trans_branch_op
  WHERE gid = ANY($1::text[]) AND branch_id = ANY($2::text[])`;

export const UPDATE_BRANCHES = updateBranches(instant);
export const UPDATE_GLOBALS = updateGlobals(instant);

export const LOAD_GLOBALS = `SELECT id, gid, trans_type, status, query_prepared, protocol, create_time, update_time,
  finish_time, rollback_time, options, custom_data, next_cron_interval, next_cron_time, owner, ext_data, result,
  rollback_reason, lease_until, epoch, branch_count, attempts, last_error, business_key
  FROM trans_global WHERE gid = ANY($1::text[])`;
/**
 * Finds first and sorts then: `OFFSET 0` keeps the planner from reading the table in the order that is asked for, which it
 * prefers as long as the table has not been analysed (half a second for a claim out of 400,000 transactions).
 */
export const LOAD_BRANCHES = `SELECT * FROM (SELECT id, gid, url, bin_data, branch_id, op, status, create_time, update_time,
  finish_time, rollback_time FROM trans_branch_op WHERE gid = ANY($1::text[]) OFFSET 0) AS branch ORDER BY id`;

export const COMMIT = 'COMMIT';
export const ROLLBACK = 'ROLLBACK';
