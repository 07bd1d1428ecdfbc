/** Codes with which a database says: somebody had to give way, try the whole transaction again. */
const CODES: ReadonlySet<unknown> = new Set([
  'ER_LOCK_DEADLOCK',
  // PostgreSQL: serialization_failure, deadlock_detected.
  '40001',
  '40P01',
]);

/** @returns whether the same transaction may well succeed when it is run again. */
export function isTransientConflict(error: unknown): boolean {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  return CODES.has(code) || CODES.has(driverError?.code);
}
