import { InvalidRequestError } from '../errors';
import { MAX_URL_LENGTH } from '../limits';

/** URL parsers drop line breaks and stores cut at NUL: such a URL would not be the one that is called later. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;

/**
 * Checks what every branch URL must be, whatever its scheme. An empty one means that there is nothing to call.
 *
 * @throws InvalidRequestError naming the field
 */
export function checkUrl(url: string, field: string): string {
  if (url.length > MAX_URL_LENGTH) {
    throw new InvalidRequestError(field, `must not be longer than ${MAX_URL_LENGTH} characters`);
  }
  if (UNSTORABLE.test(url)) throw new InvalidRequestError(field, 'must not contain control characters');
  return url;
}
