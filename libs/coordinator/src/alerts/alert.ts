/**
 * Body of the POST to the alert web hook. The first five fields are dtm's (spec 6.6), the others are ours; all of them are
 * always there.
 */
export interface Alert {
  readonly gid: string;
  readonly status: string;
  /** URL of the call. Empty when nothing is called any more. */
  readonly branch: string;
  /** What the call came to, cut to {@link MAX_ALERT_TEXT} characters. */
  readonly error: string;
  /** Failed calls since the last success of the transaction. */
  readonly retry_count: number;
  /** `retry`: calls go on failing. `incident`: an outcome that the mode forbids, or nothing more is done by itself. */
  readonly kind: AlertKind;
  readonly trans_type: string;
  readonly branch_id: string;
  readonly op: string;
  /** The initiator's own name for it. */
  readonly business_key: string;
  /** RFC 3339, by the clock of the coordinator. */
  readonly time: string;
}

export type AlertKind = 'retry' | 'incident';

/** Characters of a service's answer that an alert carries: answers may be whole pages. */
export const MAX_ALERT_TEXT = 4096;
