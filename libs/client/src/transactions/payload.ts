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

/** A payload ready to be sent: JSON text, or bytes as they were given. */
export type PayloadBody = string | Uint8Array;

/** @returns bytes as they are, anything else as JSON text. @throws InvalidRequestError for what has no JSON form */
export function payloadBody(payload: unknown, field: string): PayloadBody {
  return payload instanceof Uint8Array ? payload : payloadText(payload, field);
}

/** @returns the payload's body, empty where it was left out */
export function optionalPayloadBody(payload: OptionalPayload, field: string): PayloadBody {
  return payload.length === 0 ? '' : payloadBody(payload[0], field);
}

/** @throws InvalidRequestError naming the payload of a request that is bytes: a coordinator takes these over gRPC alone */
export function refuseBytes(request: {
  readonly payloads?: readonly PayloadBody[];
  readonly data?: PayloadBody;
}): void {
  const { payloads = [], data } = request;
  const index = payloads.findIndex((payload) => typeof payload !== 'string');
  const field = index >= 0 ? `payloads[${index}]` : 'payload';
  if (index >= 0 || data instanceof Uint8Array) {
    throw new InvalidRequestError(field, "must not be bytes, except with the client's transport 'grpc'");
  }
}
