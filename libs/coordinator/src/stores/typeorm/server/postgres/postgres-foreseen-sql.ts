import { insertBranches, insertGlobals, updateBranches, updateGlobals, type InstantSql } from './postgres-write-sql';

/*
 * The statements of a batch that is carried out as it is foreseen. They are one implicit transaction, and the server is the
 * first to know its time: instants are milliseconds from then.
 */

/** The same for all statements of the batch, and what a column of milliseconds makes of it. */
const BATCH_TIME = "date_trunc('milliseconds', transaction_timestamp())";
const instant: InstantSql = (milliseconds) => `${BATCH_TIME} + ${milliseconds} * interval '1 millisecond'`;

/**
 * Locks the rows that the batch is about, in gid order, and tells the time. Divides by zero if one of them is not at its
 * epoch or has ended: the failure takes the rest of the batch with it. What is compared is a row's latest version, after a wait
 * for somebody else's lock too. The comparison stands outside: among the conditions of the rows it would tempt the planner
 * to look for them by their status.
 */
export const HOLD = `SELECT floor(extract(epoch FROM ${BATCH_TIME}) * 1000)::float8
    / (count(*) FILTER (WHERE epoch = expected AND status NOT IN ('succeed', 'failed'))
      = cardinality($1::text[]))::integer AS now
  FROM (SELECT held.expected, global.epoch, global.status FROM unnest($1::text[], $2::integer[]) AS held (gid, expected)
    JOIN trans_global AS global ON global.gid = held.gid ORDER BY global.gid FOR UPDATE OF global) AS found`;

export const INSERT_GLOBALS = insertGlobals(instant);
export const INSERT_BRANCHES = insertBranches(instant);
export const UPDATE_BRANCHES = updateBranches(instant);
export const UPDATE_GLOBALS = updateGlobals(instant);

/** Most transactions of a batch end alike: a list of gids costs the server less than a row of values for each. */
export const END_GLOBALS = `UPDATE trans_global SET update_time = ${BATCH_TIME}, finish_time = ${BATCH_TIME},
  status = 'succeed', owner = '', lease_until = NULL, next_cron_time = NULL, next_cron_interval = $2::integer, attempts = 0,
  last_error = '' WHERE gid = ANY($1::text[])`;
