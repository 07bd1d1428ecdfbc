import type { BatchErrorKind } from '../../../batch/batch-outcome';

/** Deadlock (and certification failure of Galera), its sisters of group replication, a row that changed since it was read. */
const TRANSIENT = new Set([1213, 3101, 1020, 1614]);

/** Somebody keeps a row locked: writes to other rows need not wait for that. */
const LOCKED = new Set([1205, 3572]);

/**
 * Errors of the server under which no write can succeed, whatever is in it: too many connections, credentials, database
 * or table or column or privilege unknown, shutting down, out of memory or disk or locks, read-only, connection killed,
 * statement interrupted, node outside of its cluster, binary log that cannot hold READ COMMITTED.
 */
const OUTAGES = new Set([
  1015, 1021, 1026, 1030, 1036, 1037, 1040, 1041, 1042, 1043, 1044, 1045, 1047, 1049, 1053, 1054, 1114, 1129, 1130,
  1135, 1142, 1143, 1146, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1206, 1223, 1226, 1290, 1317, 1665, 1785, 1792,
  1836, 1927, 1969, 3024, 3032, 3100, 3159, 3168,
]);

/** The driver's own words for a connection that is of no more use. */
const DISCONNECTED = /in closed state|connection (lost|closed)|closed connection|pool is closed|already released/i;

/** A number larger than the largest: what the guard of a foreseen batch fails with. */
const NOT_HELD = 1690;

/** What the driver tells about an error. */
interface DriverError {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly syscall?: unknown;
  readonly fatal?: unknown;
}

/** @returns what an error of the driver, or of TypeORM around it, means for a batch */
export function kindOf(error: unknown): BatchErrorKind {
  const cause = causeOf(error);
  if (isDisconnected(cause)) return 'outage';
  const errno = errnoOf(cause);
  if (TRANSIENT.has(errno) || isTakenGid(cause)) return 'transient';
  if (LOCKED.has(errno)) return 'locked';
  return OUTAGES.has(errno) ? 'outage' : 'write';
}

/** @returns whether the session ended, and with it whatever it had not committed */
export function isSessionLost(error: unknown): boolean {
  return isDisconnected(causeOf(error));
}

/** @returns whether a batch was not as foreseen: a row is no longer held, or somebody has taken a gid */
export function isUnforeseen(error: unknown): boolean {
  const cause = causeOf(error);
  return errnoOf(cause) === NOT_HELD || isTakenGid(cause);
}

/** Somebody has inserted the gid since the batch looked for it: its repetition finds it. */
function isTakenGid(cause: DriverError): boolean {
  return errnoOf(cause) === 1062 && cause instanceof Error && cause.message.includes('trans_global_gid');
}

function isDisconnected(cause: DriverError): boolean {
  if (cause.fatal === true || typeof cause.syscall === 'string' || cause instanceof AggregateError) return true;
  return cause instanceof Error && DISCONNECTED.test(cause.message);
}

function causeOf(error: unknown): DriverError {
  const { driverError } = (error ?? {}) as { readonly driverError?: DriverError };
  return driverError ?? error ?? {};
}

function errnoOf({ errno }: DriverError): number {
  return typeof errno === 'number' ? errno : 0;
}
