/**
 * The words of the protocol: transaction types, statuses, operations and result words (spec 1.1, 1.4, 1.5).
 * They travel over the wire and stand in the tables, so no value here may ever change.
 */

/** Transaction types in the order the specification names them. */
export const TRANS_TYPES = ['saga', 'tcc', 'xa', 'msg', 'workflow'] as const;
export type TransType = (typeof TRANS_TYPES)[number];

/** How branches are called when their URL alone does not tell (spec 1.1). */
export const PROTOCOLS = ['http', 'grpc', 'json-rpc'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** Status of a global transaction. The final word is `succeed`, not "succeeded". */
export const GLOBAL_STATUSES = ['prepared', 'submitted', 'aborting', 'succeed', 'failed'] as const;
export type GlobalStatus = (typeof GLOBAL_STATUSES)[number];

/** Statuses a transaction never leaves. */
export const FINAL_STATUSES = ['succeed', 'failed'] as const satisfies readonly GlobalStatus[];

/** Status of one branch operation. */
export type BranchStatus = 'prepared' | 'succeed' | 'failed';

/** Operation names that the coordinator itself calls or records (a workflow may use others). */
export const OPS = {
  action: 'action',
  compensate: 'compensate',
  try: 'try',
  confirm: 'confirm',
  cancel: 'cancel',
  commit: 'commit',
  rollback: 'rollback',
  /** Check-back of a 2-phase message. */
  msg: 'msg',
  /** Ours: tells how a transaction has ended. */
  onComplete: 'on_complete',
  /** Recorded by the workflow SDK: the business part of an XA branch was executed. */
  business: 'business',
} as const;

/** The operation that each undo operation answers (spec 8.3). */
export const ORIGIN_OPS: Readonly<Record<string, string>> = {
  cancel: OPS.try,
  compensate: OPS.action,
  rollback: OPS.action,
};

/** Result words in `dtm_result` (spec 1.5). */
export const RESULTS = { success: 'SUCCESS', failure: 'FAILURE', ongoing: 'ONGOING' } as const;

/** Branch id of calls that belong to no registered branch: check-back and workflow callback (spec 1.3). */
export const RESERVED_BRANCH_ID = '00';

/** @returns whether a transaction in this status is finished for good. */
export function isFinalStatus(status: GlobalStatus): boolean {
  return status === 'succeed' || status === 'failed';
}

/** @returns whether the text is one of the five transaction types (exact, lower case). */
export function isTransType(text: string): text is TransType {
  return (TRANS_TYPES as readonly string[]).includes(text);
}

/** @returns whether the text is a global status. */
export function isGlobalStatus(text: string): text is GlobalStatus {
  return (GLOBAL_STATUSES as readonly string[]).includes(text);
}
