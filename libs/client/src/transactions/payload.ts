import { InvalidRequestError } from '@nestjs-dtx/protocol';

/** Payload of a branch; left out altogether, it is called without a body (GET). An explicit undefined is an error. */
export type OptionalPayload = [] | [payload: unknown];

/**
 * @param field name of the payload in errors, as `payloads[0]`
 * @returns the payload as JSON text
 * @throws InvalidRequestError for what has no JSON form: undefined, a function, a BigInt, a circle
 */
export function payloadText(payload: unknown, field: string): string {
  let text: string | undefined;
  try {
    // Typed as a string always, but undefined and functions give undefined.
    text = JSON.stringify(payload) as string | undefined;
  } catch (cause) {
    throw new InvalidRequestError(field, 'cannot be written as JSON', { cause });
  }
  if (text === undefined) throw new InvalidRequestError(field, `cannot be written as JSON: it is ${typeof payload}`);
  return text;
}

/** @returns the payload's text, empty where it was left out */
export function optionalPayloadText(payload: OptionalPayload, field: string): string {
  return payload.length === 0 ? '' : payloadText(payload[0], field);
}
