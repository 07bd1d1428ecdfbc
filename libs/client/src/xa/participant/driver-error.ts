/** Errors of drivers, and of libraries that wrap them. */
interface Wrapped {
  readonly errno?: unknown;
  readonly code?: unknown;
  readonly driverError?: unknown;
}

/** @returns the number of a MySQL error, or the SQLSTATE of a PostgreSQL one; undefined for anything else */
export function driverCode(error: unknown): number | string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { errno, code, driverError } = error as Wrapped;
  if (typeof errno === 'number' && errno > 0) return errno;
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  return driverCode(driverError);
}
