import { InvalidRequestError } from '../errors';

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// oxlint-disable-next-line no-control-regex -- a tab is the one control character that a header value may hold (RFC 9110)
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Headers that belong to the connection or to the message framing: a value of the client's would break every call. */
const RESERVED = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Checks headers before they are stored: one that no HTTP client can send would fail each attempt for ever.
 *
 * @throws InvalidRequestError
 */
export function checkBranchHeaders(
  headers: Readonly<Record<string, string>>,
  most: number,
): Readonly<Record<string, string>> {
  const entries = Object.entries(headers);
  if (entries.length > most) throw new InvalidRequestError('branch_headers', `must not hold more than ${most} entries`);
  for (const [name, value] of entries) {
    if (!NAME.test(name)) throw new InvalidRequestError('branch_headers', 'has a name that is no HTTP header name');
    if (!VALUE.test(value))
      throw new InvalidRequestError('branch_headers', 'has a value that no HTTP header can carry');
    if (RESERVED.has(name.toLowerCase())) {
      throw new InvalidRequestError('branch_headers', `must not set ${[...RESERVED].join(', ')}`);
    }
  }
  return headers;
}
