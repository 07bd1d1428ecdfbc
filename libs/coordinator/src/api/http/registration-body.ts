import {
  InvalidRequestError,
  parseBranchRegistration,
  type BranchRegistration,
  type RequestLimits,
} from '@nestjs-dtx/protocol';
import { parseJsonBody } from './json-body';
import { WireException } from './wire.exception';

/** The flat object that a registration is. */
type RegistrationFields = Readonly<Record<string, string | null>>;

/**
 * Reads the body of `registerBranch`. What is no JSON object of strings is answered 400 as plain text, unlike everything
 * else (spec 2.1); what is one, but makes no sense, as usual.
 *
 * @throws WireException, InvalidRequestError
 */
export function readRegistration(body: unknown, limits: RequestLimits): BranchRegistration {
  const fields = registrationFields(parsedBody(body));
  if (typeof fields === 'string') throw new WireException(400, { message: fields }, PLAIN_TEXT);
  return parseBranchRegistration(fields, limits);
}

/** @returns the fields, or what is wrong if these are none. */
export function registrationFields(parsed: unknown): RegistrationFields | string {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'body must be a JSON object';
  return nonString(parsed as Record<string, unknown>) ?? (parsed as RegistrationFields);
}

const PLAIN_TEXT = 'text/plain; charset=utf-8';

function parsedBody(body: unknown): unknown {
  try {
    return parseJsonBody(body);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw new WireException(400, { message: error.message }, PLAIN_TEXT);
  }
}

function nonString(fields: Record<string, unknown>): string | undefined {
  const wrong = Object.entries(fields).find(([, value]) => value !== null && typeof value !== 'string');
  return wrong && `every value must be a string: ${Object.keys(fields).indexOf(wrong[0]) + 1}. is not`;
}
