import type { BatchErrorKind } from '../../../batch/batch-outcome';

/** Serialization failure, deadlock: the same once more may well succeed. */
const TRANSIENT = new Set(['40001', '40P01']);

/** Lock not available: somebody keeps a row locked. */
const LOCKED = '55P03';

/**
 * Read-only server (a standby after a fail-over), statement cancelled by a timeout, outcome of a statement unknown, session
 * ended because we were silent inside a transaction (25P03) or were in it for too long (25P04).
 */
const OUTAGES = new Set(['25006', '57014', '40003', '25P03', '25P04']);

/**
 * Classes of SQLSTATE under which no write can succeed, whatever is in it: connection, feature not supported (a cached plan
 * that no longer fits the schema), prepared statement lost, credentials, database unknown, access or schema, resources,
 * not in the prerequisite state, operator intervention (shutting down, starting up), system error.
 */
const OUTAGE_CLASSES = new Set(['08', '0A', '26', '28', '3D', '42', '53', '55', '57', '58']);

/** What the driver, its pool and TypeORM say by words alone. */
const DISCONNECTED =
  /connection (terminated|error)|client was closed|not queryable|timeout exceeded|timeout expired|read timeout|end on the pool|received unexpected|\bSSL\b|already released/i;

/** @returns what an error of the driver, or of TypeORM around it, means for a batch */
export function kindOf(error: unknown): BatchErrorKind {
  const cause = (error as { driverError?: unknown } | undefined)?.driverError ?? error;
  if (isSocketError(cause) || DISCONNECTED.test(messageOf(cause))) return 'outage';
  const code = sqlStateOf(cause);
  if (TRANSIENT.has(code) || isTakenGid(cause)) return 'transient';
  if (code === LOCKED) return 'locked';
  return OUTAGES.has(code) || OUTAGE_CLASSES.has(code.slice(0, 2)) ? 'outage' : 'write';
}

/** @returns whether the server itself tells of the failure and stays: then nothing of the transaction took effect */
export function isRolledBack(error: unknown): boolean {
  return sqlStateOf(error) !== '' && (error as { severity?: unknown }).severity === 'ERROR';
}

/** Somebody has inserted the gid since the batch looked for it: its repetition finds it. */
function isTakenGid(error: unknown): boolean {
  return (error as { constraint?: unknown } | undefined)?.constraint === 'trans_global_gid';
}

/** Of the operating system; `AggregateError` when a host name stands for several addresses and none answers. */
function isSocketError(error: unknown): boolean {
  return error instanceof AggregateError || typeof (error as { syscall?: unknown } | undefined)?.syscall === 'string';
}

function sqlStateOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');
