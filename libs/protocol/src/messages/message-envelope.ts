/** Version of the envelope. A later one may add fields; it changes when a field is removed or gets another meaning. */
export const ENVELOPE_VERSION = 1;

/**
 * What the coordinator sends to a branch through a Nest transport. A handler of `nestjs-dtx` gets its payload alone; any other
 * consumer reads the fields, for instance by `@Payload('payload')`.
 */
export interface MessageEnvelope {
  /** Marks the message, and says which version this is. */
  readonly dtx: number;
  readonly gid: string;
  readonly trans_type: string;
  readonly branch_id: string;
  readonly op: string;
  /** What the initiator gave for this branch, parsed; `null` where it gave nothing. */
  readonly payload: unknown;
  /** `branch_headers` of the transaction, if it has some. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** @returns whether a message is an envelope, of whichever version. */
export function isMessageEnvelope(message: unknown): message is MessageEnvelope {
  if (typeof message !== 'object' || message === null) return false;
  const { dtx, gid } = message as Partial<MessageEnvelope>;
  return typeof dtx === 'number' && typeof gid === 'string' && Object.hasOwn(message, 'payload');
}

/** @returns what is wrong with a payload that is to be sent in an envelope, `undefined` if it can be. */
export function envelopePayloadProblem(payload: Uint8Array): string | undefined {
  try {
    envelopePayload(payload);
    return undefined;
  } catch {
    return 'must be JSON, as it is sent in a message';
  }
}

/** @returns the payload as it stands in the envelope. @throws Error when it is no JSON */
export function envelopePayload(payload: Uint8Array): unknown {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
  return text.trim() === '' ? null : JSON.parse(text);
}
