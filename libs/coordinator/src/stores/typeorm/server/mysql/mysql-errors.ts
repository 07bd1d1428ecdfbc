import type { BatchErrorKind } from '../../../batch/batch-outcome';

/**
 * Lock wait timeout, deadlock (Galera reports a failed certification with the same number), record changed since it was
 * read: the same once more may well succeed.
 */
const TRANSIENT = new Set([1020, 1205, 1213]);

/**
 * Numbers under which no write can succeed, whatever is in it: disk or table full, too many connections, access or database,
 * shutdown, network errors, read-only server, Galera node not ready, connection killed, table or column missing.
 */
const OUTAGES = new Set([
  1021, 1040, 1041, 1042, 1043, 1044, 1045, 1047, 1049, 1053, 1054, 1077, 1079, 1114, 1129, 1130, 1142, 1143, 1146,
  1152, 1158, 1159, 1160, 1161, 1184, 1203, 1226, 1290, 1317, 1792, 1836, 1927, 1969, 2006, 2013, 3024, 3100, 3101,
  3168, 4031,
]);

/** Connection state that only the driver knows. */
const DISCONNECTED =
  /closed state|connection lost|connection is closed|pool is closed|no connections available|timeout/i;

/** @returns what an error of mysql2, or of TypeORM around it, means for a batch */
export function kindOf(error: unknown): BatchErrorKind {
  const cause = ((error as { driverError?: unknown } | undefined)?.driverError ?? error) as DriverError | undefined;
  const number = cause?.errno ?? 0;
  if (TRANSIENT.has(number)) return 'transient';
  if (OUTAGES.has(number)) return 'outage';
  // A number of the operating system is negative; a protocol error of the driver has none and is fatal.
  const isConnection = number < 0 || cause?.fatal === true || typeof cause?.syscall === 'string';
  if (isConnection || (number === 0 && DISCONNECTED.test(cause?.message ?? ''))) return 'outage';
  return cause instanceof AggregateError ? 'outage' : 'write';
}

interface DriverError {
  readonly errno?: number;
  readonly fatal?: boolean;
  readonly syscall?: unknown;
  readonly message?: string;
}
