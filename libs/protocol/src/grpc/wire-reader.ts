const TWO_32 = 2 ** 32;
/** Groups are of an age before this protocol: nobody nests them, and nobody may make us nest without end. */
const MAX_GROUP_DEPTH = 32;

/** How a field is put into bytes (the wire types of protocol buffers). */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const;

/** Bytes that are no message. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError';
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the fields of one protocol buffers message, one after the other. */
export class WireReader {
  private at: number;

  constructor(
    private readonly bytes: Buffer,
    start = 0,
    private readonly end = bytes.length,
  ) {
    this.at = start;
  }

  get hasMore(): boolean {
    return this.at < this.end;
  }

  /** @returns number and wire type of the next field, as `number << 3 | type` */
  tag(): number {
    const tag = this.varint();
    if (tag < 8 || tag >= TWO_32) throw new MalformedMessageError('a field has an impossible number');
    return tag;
  }

  /** @returns an integer as JavaScript has it: exact up to 2^53, negative where its highest bit is set. */
  varint(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    let low = first & 0x7f;
    let high = 0;
    for (let shift = 7; shift < 70; shift += 7) {
      const byte = this.byte();
      const part = byte & 0x7f;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high = part >> 4;
      } else if (shift < 63) high |= part << (shift - 32);
      else high |= (part & 1) << 31;
      if (byte < 0x80) return (high | 0) * TWO_32 + (low >>> 0);
    }
    throw new MalformedMessageError('an integer is longer than 10 bytes');
  }

  /** @returns the bytes of a field: a view, not a copy */
  slice(): Buffer {
    const start = this.length();
    return this.bytes.subarray(start, this.at);
  }

  /** @returns a reader over the message that the next field holds */
  nested(): WireReader {
    const start = this.length();
    return new WireReader(this.bytes, start, this.at);
  }

  text(): string {
    const start = this.length();
    const text = this.bytes.toString('utf8', start, this.at);
    // What cannot be decoded becomes U+FFFD, which may also stand there by itself.
    return text.includes('\uFFFD') ? strictText(this.bytes.subarray(start, this.at)) : text;
  }

  /** Passes over a field that is not known. */
  skip(wireType: number, depth = 0): void {
    switch (wireType) {
      case WIRE.varint:
        this.varint();
        return;
      case WIRE.fixed64:
        this.advance(8);
        return;
      case WIRE.bytes:
        this.length();
        return;
      case WIRE.fixed32:
        this.advance(4);
        return;
      case WIRE.groupStart:
        this.skipGroup(depth + 1);
        return;
      default:
        throw new MalformedMessageError('a field has an unknown wire type');
    }
  }

  private skipGroup(depth: number): void {
    if (depth > MAX_GROUP_DEPTH) throw new MalformedMessageError('groups are nested too deeply');
    for (;;) {
      const wireType = this.tag() & 7;
      if (wireType === WIRE.groupEnd) return;
      this.skip(wireType, depth);
    }
  }

  /** Passes over a length and what it covers. @returns where the content starts */
  private length(): number {
    const length = this.varint();
    const start = this.at;
    if (length < 0) throw new MalformedMessageError('a field has a negative length');
    this.advance(length);
    return start;
  }

  private advance(count: number): void {
    if (count > this.end - this.at) throw new MalformedMessageError('the message is cut short');
    this.at += count;
  }

  private byte(): number {
    if (this.at >= this.end) throw new MalformedMessageError('the message is cut short');
    return this.bytes[this.at++]!;
  }
}

function strictText(bytes: Buffer): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (error) {
    throw new MalformedMessageError('a text is not UTF-8', { cause: error });
  }
}
