/**
 * Stable error codes of every package of the project; docs/errors.md explains each and a test compares both.
 * A code is what programs match: `instanceof` breaks when two copies of a package are installed.
 */
export const ERROR_CODES = {
  // Requests
  invalidRequest: 'DTX_INVALID_REQUEST',
  bodyTooLarge: 'DTX_BODY_TOO_LARGE',
  conflict: 'DTX_CONFLICT',
  unknownTransaction: 'DTX_UNKNOWN_TRANSACTION',
  overloaded: 'DTX_OVERLOADED',
  shuttingDown: 'DTX_SHUTTING_DOWN',
  notFound: 'DTX_NOT_FOUND',
  branchExists: 'DTX_BRANCH_EXISTS',
  branchIdExhausted: 'DTX_BRANCH_ID_EXHAUSTED',
  // Coordinator
  invalidConfig: 'DTX_INVALID_CONFIG',
  portInUse: 'DTX_PORT_IN_USE',
  storeUnavailable: 'DTX_STORE_UNAVAILABLE',
  storeLocked: 'DTX_STORE_LOCKED',
  storeSchemaOld: 'DTX_STORE_SCHEMA_OLD',
  storeSchemaTooNew: 'DTX_STORE_SCHEMA_TOO_NEW',
  storeCorrupt: 'DTX_STORE_CORRUPT',
  takeOverRefused: 'DTX_TAKEOVER_REFUSED',
  internal: 'DTX_INTERNAL',
  // Participants and initiators
  failure: 'DTX_FAILURE',
  ongoing: 'DTX_ONGOING',
  branchCall: 'DTX_BRANCH_CALL',
  xaBranch: 'DTX_XA_BRANCH',
  transactionFailed: 'DTX_TRANSACTION_FAILED',
  notFinished: 'DTX_NOT_FINISHED',
  coordinatorUnreachable: 'DTX_COORDINATOR_UNREACHABLE',
  coordinatorRefused: 'DTX_COORDINATOR_REFUSED',
  barrierInfo: 'DTX_BARRIER_INFO',
  barrierDuplicated: 'DTX_BARRIER_DUPLICATED',
  barrierRootHandle: 'DTX_BARRIER_ROOT_HANDLE',
  barrierTable: 'DTX_BARRIER_TABLE',
  definition: 'DTX_DEFINITION',
  workflowUnknown: 'DTX_WORKFLOW_UNKNOWN',
  workflowChanged: 'DTX_WORKFLOW_CHANGED',
  workflowMisuse: 'DTX_WORKFLOW_MISUSE',
} as const;

export type ErrorCode = (typeof ERROR_CODES)[keyof typeof ERROR_CODES];

/** Base of all errors that this project throws: a `name`, a stable `code` and the `cause`. */
export class DtxError extends Error {
  override readonly name: string = 'DtxError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * A request that cannot be understood. It changes nothing. The message names the field and never repeats what the
 * client sent: an echoed FAILURE or ONGOING would be read as a business result by every SDK (spec 2.1).
 */
export class InvalidRequestError extends DtxError {
  override readonly name = 'InvalidRequestError';

  /**
   * @param field path of the wrong field, as `steps[0].action`
   * @param problem what is wrong with it, to be read after the field's name
   */
  constructor(
    readonly field: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(ERROR_CODES.invalidRequest, `${field} ${problem}`, options);
  }
}
