import { InvalidRequestError } from '../errors';
import { MAX_BUSINESS_KEY_LENGTH } from '../limits';

/** Stores cut at NUL or refuse it, and UTF-8 has no lone surrogates: it would not be the same text later. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;

/** @throws InvalidRequestError when longer than the column, or with characters that no store keeps */
export function checkBusinessKey(key: string): string {
  if (key.length > MAX_BUSINESS_KEY_LENGTH) {
    throw new InvalidRequestError('business_key', `must not be longer than ${MAX_BUSINESS_KEY_LENGTH} characters`);
  }
  if (UNSTORABLE.test(key)) throw new InvalidRequestError('business_key', 'must not contain control characters');
  return key;
}
