/*
 * A finished transaction that is still to be visited owes the call of its `on_complete`: its due time says so, and nothing
 * else. Without `on_complete` a due time means nothing on a finished row: an operator may have set it, and dtm leaves it.
 */

/** As `optionsToJson` writes it. */
const KEY = '"on_complete":';

/** @param options JSON text of the column @returns whether the end of this transaction has to be told */
export function hasCompletion(options: string): boolean {
  return options.includes(KEY);
}

/** The same as a condition in SQL. */
export const HAS_COMPLETION = `options LIKE '%${KEY}%'`;

/** Rows that a visit can do something for, if they are due. */
export const IS_RUN = `(status NOT IN ('succeed', 'failed') OR ${HAS_COMPLETION})`;

/** Finished rows about which nothing is left to be told. */
export const IS_OVER = `status IN ('succeed', 'failed') AND (next_cron_time IS NULL OR NOT ${HAS_COMPLETION})`;
