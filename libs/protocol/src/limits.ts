/** Limits on what a client may send; every one can be configured (`LIMITS_…`). Sizes are bytes unless said otherwise. */
export interface RequestLimits {
  /** Whole request body. Larger ones are answered 413. */
  readonly bodyBytes: number;
  /** One payload of one step, as UTF-8. */
  readonly payloadBytes: number;
  /** Steps of one transaction. */
  readonly steps: number;
  /** Entries in `branch_headers`. */
  readonly headers: number;
  /** `custom_data`, as characters. */
  readonly customDataLength: number;
}

/** The defaults; docs/operations.md lists their keys. */
export const DEFAULT_LIMITS: RequestLimits = {
  bodyBytes: 4 * 1024 * 1024,
  payloadBytes: 1024 * 1024,
  steps: 1000,
  headers: 64,
  customDataLength: 256 * 1024,
};

/** Width of the `gid` column (spec 7.1). Characters. */
export const MAX_GID_LENGTH = 128;

/** Width of the `branch_id` column (spec 7.1). Characters. */
export const MAX_BRANCH_ID_LENGTH = 128;

/** Width of the `op` column (spec 7.1). Characters. */
export const MAX_OP_LENGTH = 45;

/** Width of the `business_key` column. Characters. */
export const MAX_BUSINESS_KEY_LENGTH = 128;

/** Longest URL that is accepted. Characters. */
export const MAX_URL_LENGTH = 8192;

/** Longest `rollback_reason` and `last_error` that is stored; longer ones are cut, as one participant's stack trace must not block a status change (Q23). Characters. */
export const MAX_REASON_LENGTH = 4096;
