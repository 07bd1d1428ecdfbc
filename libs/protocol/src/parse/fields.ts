import { InvalidRequestError } from '../errors';

/** A JSON object as it came off the wire. */
export type Fields = Readonly<Record<string, unknown>>;

/** Largest integer a client may send: keeps sums of seconds and milliseconds exact everywhere. */
const MAX_INTEGER = 2_147_483_647;

/*
 * Readers for single fields. `null` and an absent key both mean "the zero value", as every Go, Python and C# SDK sends
 * nulls for what it did not set (spec 2.2). A wrong type is always an error: guessing what money-moving code meant is worse.
 */

/** @throws InvalidRequestError unless the value is a JSON object. An empty body (`undefined`) counts as `{}`. */
export function objectOf(value: unknown, field: string): Fields {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new InvalidRequestError(field, 'must be a JSON object');
  return value as Fields;
}

export function stringOf(fields: Fields, key: string, field = key): string {
  const value = fields[key];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new InvalidRequestError(field, 'must be a string');
  return value;
}

export function booleanOf(fields: Fields, key: string): boolean {
  const value = fields[key];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw new InvalidRequestError(key, 'must be true or false');
  return value;
}

/** @returns a whole number of seconds or tries, 0 when absent. */
export function integerOf(fields: Fields, key: string): number {
  const value = fields[key];
  if (value === undefined || value === null) return 0;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new InvalidRequestError(key, 'must be an integer');
  if (value < 0) throw new InvalidRequestError(key, 'must not be negative');
  if (value > MAX_INTEGER) throw new InvalidRequestError(key, `must not exceed ${MAX_INTEGER}`);
  return value;
}

export function arrayOf(fields: Fields, key: string): readonly unknown[] {
  const value = fields[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new InvalidRequestError(key, 'must be an array');
  return value;
}

/** A string→string map. PHP encodes an empty one as `[]`, which is accepted (spec 2.2). */
export function stringMapOf(fields: Fields, key: string): Readonly<Record<string, string>> | undefined {
  const value = fields[key];
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new InvalidRequestError(key, 'must be an object with string values');
  }
  const map: Record<string, string> = {};
  for (const [name, entry] of Object.entries(value)) {
    if (entry !== null && typeof entry !== 'string') {
      throw new InvalidRequestError(key, 'must be an object with string values');
    }
    map[name] = entry ?? '';
  }
  return Object.keys(map).length === 0 ? undefined : map;
}
