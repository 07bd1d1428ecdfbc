import { InvalidRequestError } from '../errors';
import { MAX_GID_LENGTH } from '../limits';

/** Control characters, lone surrogates (they would be stored as one and the same replacement character) and `;`. */
const FORBIDDEN = /[\p{Cc}\p{Cs};]/u;

/**
 * Checks a global id. dtm strips line breaks and `;` from HTTP bodies only, so that the same transaction has two names;
 * here such an id is refused on every road (Q34).
 *
 * @throws InvalidRequestError when empty (Q27), longer than the column, or with forbidden characters
 */
export function checkGid(gid: string): string {
  if (gid === '') throw new InvalidRequestError('gid', 'must not be empty');
  if (gid.length > MAX_GID_LENGTH) {
    throw new InvalidRequestError('gid', `must not be longer than ${MAX_GID_LENGTH} characters`);
  }
  if (FORBIDDEN.test(gid)) throw new InvalidRequestError('gid', 'must not contain control characters or ";"');
  return gid;
}
