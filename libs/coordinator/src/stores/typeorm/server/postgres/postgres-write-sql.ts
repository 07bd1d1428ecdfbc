/*
 * The statements that write, as they are for any kind of instant. The first parameter is the time of the batch.
 */

/** @returns the SQL of the instant that a number of milliseconds stands for */
export type InstantSql = (milliseconds: string) => string;

/** In gid order, as two batches that insert the same gids in different orders would wait for each other. */
export const insertGlobals = (
  instant: InstantSql,
): string => `INSERT INTO trans_global (gid, trans_type, status, query_prepared, protocol, create_time,
  update_time, options, custom_data, next_cron_interval, next_cron_time, owner, ext_data, result, rollback_reason,
  lease_until, epoch, branch_count, last_error, business_key)
  SELECT gid, trans_type, status, query_prepared, protocol, ${instant('$1::float8')}, ${instant('$1::float8')}, options,
    custom_data, next_cron_interval, ${instant('next_cron_time')}, owner, '', '', '', ${instant('lease_until')},
    $2::integer, branch_count, '', business_key
  FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::integer[],
    $11::float8[], $12::text[], $13::float8[], $14::integer[], $15::text[])
    AS row (gid, trans_type, status, query_prepared, protocol, options, custom_data, next_cron_interval, next_cron_time,
      owner, lease_until, branch_count, business_key)
  ORDER BY gid`;

/** In the order of the arrays, as ids tell the order of registration. */
export const insertBranches = (
  instant: InstantSql,
): string => `INSERT INTO trans_branch_op (gid, create_time, update_time, url, bin_data, branch_id, op,
  status)
  SELECT gid, ${instant('$1::float8')}, ${instant('$1::float8')}, url, bin_data, branch_id, op, status
  FROM unnest($2::text[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::text[])
    WITH ORDINALITY AS row (gid, url, bin_data, branch_id, op, status, place)
  ORDER BY place`;

export const updateBranches = (
  instant: InstantSql,
): string => `UPDATE trans_branch_op AS branch SET status = row.status,
  update_time = ${instant('$1::float8')},
  finish_time = CASE row.status WHEN 'succeed' THEN ${instant('$1::float8')} ELSE finish_time END,
  rollback_time = CASE row.status WHEN 'failed' THEN ${instant('$1::float8')} ELSE rollback_time END
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS row (gid, branch_id, op, status)
  WHERE branch.gid = row.gid AND branch.branch_id = row.branch_id AND branch.op = row.op`;

/** An absent value keeps what is there; owner, lease and due time are written together or not at all. */
export const updateGlobals = (
  instant: InstantSql,
): string => `UPDATE trans_global AS global SET update_time = ${instant('$1::float8')}, epoch = row.epoch,
  status = COALESCE(row.status, global.status),
  rollback_reason = COALESCE(row.rollback_reason, global.rollback_reason),
  options = COALESCE(row.options, global.options),
  custom_data = COALESCE(row.custom_data, global.custom_data),
  result = COALESCE(row.result, global.result),
  branch_count = COALESCE(row.branch_count, global.branch_count),
  finish_time = COALESCE(${instant('row.finish_time')}, global.finish_time),
  rollback_time = COALESCE(${instant('row.rollback_time')}, global.rollback_time),
  owner = COALESCE(row.owner, global.owner),
  lease_until = CASE WHEN row.owner IS NULL THEN global.lease_until ELSE ${instant('row.lease_until')} END,
  next_cron_time = CASE WHEN row.owner IS NULL THEN global.next_cron_time ELSE ${instant('row.next_cron_time')} END,
  next_cron_interval = COALESCE(row.next_cron_interval, global.next_cron_interval),
  attempts = COALESCE(row.attempts, global.attempts),
  last_error = COALESCE(row.last_error, global.last_error)
  FROM unnest($2::text[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[], $9::float8[],
    $10::float8[], $11::text[], $12::float8[], $13::float8[], $14::integer[], $15::integer[], $16::text[], $17::text[])
    AS row (gid, epoch, status, rollback_reason, options, custom_data, branch_count, finish_time, rollback_time, owner,
      lease_until, next_cron_time, next_cron_interval, attempts, last_error, result)
  WHERE global.gid = row.gid`;
