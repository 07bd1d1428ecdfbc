/**
 * When failing calls are worth an alert: at the limit, as in dtm (spec 6.6), and then each time their number has doubled (3,
 * 6, 12, 24 …). With the back-off of retries that is minutes apart at first and hours later; dtm alerts at every further one.
 *
 * @param attempts failed calls since the last success
 * @param limit `ALERT_RETRY_LIMIT`
 */
export function isAlertDue(attempts: number, limit: number): boolean {
  const times = attempts / limit;
  return times >= 1 && Number.isInteger(Math.log2(times));
}
