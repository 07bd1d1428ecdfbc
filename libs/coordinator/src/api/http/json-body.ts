import { InvalidRequestError } from '@nestjs-dtx/protocol';

/**
 * Parses a request body, whatever its content type says (spec 2.1).
 *
 * @param text as received; a request without a body has none
 * @returns `undefined` for an empty body
 * @throws InvalidRequestError without the parser's text, which would repeat what the client sent
 */
export function parseJsonBody(text: unknown): unknown {
  if (typeof text !== 'string' || text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidRequestError('body', 'is not valid JSON');
  }
}
