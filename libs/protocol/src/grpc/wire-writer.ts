import { WIRE } from './wire-reader';

const TWO_32 = 2 ** 32;
/** The longest varint. Bytes. */
const MAX_VARINT = 10;

/** Gathers the fields of one protocol buffers message. */
export class WireWriter {
  private bytes: Buffer;
  private at = 0;

  /** @param expected bytes that it will probably hold */
  constructor(expected = 256) {
    this.bytes = Buffer.allocUnsafe(expected);
  }

  /** @returns what was written; the writer is not to be used afterwards */
  finish(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  /** @param value an integer, exact up to 2^53; negative ones take ten bytes */
  varintField(number: number, value: number): void {
    this.reserve(2 * MAX_VARINT);
    this.varint((number << 3) | WIRE.varint);
    this.varint(value);
  }

  bytesField(number: number, value: Uint8Array): void {
    this.prefix(number, value.byteLength);
    this.bytes.set(value, this.at);
    this.at += value.byteLength;
  }

  textField(number: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.prefix(number, length);
    this.at += this.bytes.write(value, this.at, 'utf8');
  }

  private prefix(number: number, length: number): void {
    this.reserve(2 * MAX_VARINT + length);
    this.varint((number << 3) | WIRE.bytes);
    this.varint(length);
  }

  private varint(value: number): void {
    let low = value >>> 0;
    let high = Math.floor(value / TWO_32) >>> 0;
    while (high !== 0 || low > 0x7f) {
      this.bytes[this.at++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.bytes[this.at++] = low;
  }

  private reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + count));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}
