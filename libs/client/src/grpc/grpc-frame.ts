/** Flag and length before a message. Bytes. */
const PREFIX = 5;

/** @returns the message as it goes over the wire, not compressed */
export function frameOf(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX + message.length);
  frame.writeUInt8(0, 0);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX);
  return frame;
}

/** @returns the one message of a unary reply; undefined for anything else, as a compressed one or half a one */
export function messageIn(body: Buffer): Buffer | undefined {
  if (body.length < PREFIX || body.readUInt8(0) !== 0) return undefined;
  return body.readUInt32BE(1) === body.length - PREFIX ? body.subarray(PREFIX) : undefined;
}

/** @returns the text of a status, which travels percent-encoded; as it came if it is not */
export function statusText(header: unknown): string {
  if (typeof header !== 'string') return '';
  try {
    return decodeURIComponent(header);
  } catch {
    return header;
  }
}
