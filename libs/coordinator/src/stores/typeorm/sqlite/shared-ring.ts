/** Positions of the shared numbers, at the beginning of the memory. */
const WRITTEN = 0;
const READ = 1;
const ASLEEP = 2;
const HEADER_BYTES = 16;

/** Each text stands behind its length. */
const LENGTH_BYTES = 4;
/** In the place of a length: the next text stands at the beginning. */
const GO_ROUND = -1;
/** Most bytes of UTF-8 that one UTF-16 unit becomes. */
const BYTES_PER_UNIT = 3;

/** Enough for all that waits under load, and little enough to stay in a processor's cache. */
const DEFAULT_BYTES = 256 * 1024;

/**
 * Texts on their way from one thread to another, through memory that both see: there is no message to send as long as the
 * reader is awake. One thread only writes and one only reads.
 */
export class SharedRing {
  private readonly numbers: Int32Array;
  private readonly bytes: Buffer;
  /** Own position: of the next text to write, or to read. Always leaves room for {@link GO_ROUND} before the end. */
  private at = 0;

  private constructor(readonly memory: SharedArrayBuffer) {
    this.numbers = new Int32Array(memory);
    this.bytes = Buffer.from(memory, HEADER_BYTES);
  }

  /** For the thread that writes. @param bytes room for texts; a multiple of four */
  static create(bytes = DEFAULT_BYTES): SharedRing {
    return new SharedRing(new SharedArrayBuffer(HEADER_BYTES + bytes));
  }

  /** For the thread that reads. */
  static of(memory: SharedArrayBuffer): SharedRing {
    return new SharedRing(memory);
  }

  /** @returns whether the text ever finds room, so that waiting for it makes sense. */
  mayHold(text: string): boolean {
    return 2 * roomFor(text) < this.bytes.length;
  }

  /** @returns false when there is no room now: nothing was written */
  offer(text: string): boolean {
    const start = this.startFor(roomFor(text));
    if (start === undefined) return false;
    if (start !== this.at) this.setLength(this.at, GO_ROUND);
    const length = this.bytes.write(text, start + LENGTH_BYTES, 'utf8');
    this.setLength(start, length);
    this.at = behind(start, length);
    Atomics.store(this.numbers, WRITTEN, this.at);
    return true;
  }

  /** @returns the next text, `undefined` when there is none */
  take(): string | undefined {
    if (this.isEmpty()) return undefined;
    const start = this.lengthAt(this.at) === GO_ROUND ? 0 : this.at;
    const first = start + LENGTH_BYTES;
    const length = this.lengthAt(start);
    const text = this.bytes.toString('utf8', first, first + length);
    this.at = behind(start, length);
    Atomics.store(this.numbers, READ, this.at);
    return text;
  }

  /** The reader stops looking. @returns false when something has arrived meanwhile: then it has to go on */
  fallAsleep(): boolean {
    Atomics.store(this.numbers, ASLEEP, 1);
    if (this.isEmpty()) return true;
    this.stayAwake();
    return false;
  }

  /**
   * Stops the reader's thread until it is woken; not at all if that has happened since it fell asleep. What comes by another
   * way must be looked for in between, as {@link wake} is only heard by one that has fallen asleep.
   */
  sleep(): void {
    Atomics.wait(this.numbers, ASLEEP, 1);
  }

  /** The reader looks again. */
  stayAwake(): void {
    Atomics.store(this.numbers, ASLEEP, 0);
  }

  /** The writer has something for the reader. @returns whether the reader slept */
  wake(): boolean {
    if (Atomics.load(this.numbers, ASLEEP) === 0) return false;
    if (Atomics.compareExchange(this.numbers, ASLEEP, 1, 0) === 0) return false;
    Atomics.notify(this.numbers, ASLEEP);
    return true;
  }

  private isEmpty(): boolean {
    return this.at === Atomics.load(this.numbers, WRITTEN);
  }

  /** The writer never catches up with the reader from behind, as the same position means that the ring is empty. */
  private startFor(room: number): number | undefined {
    const read = Atomics.load(this.numbers, READ);
    if (this.at < read) return this.at + room < read ? this.at : undefined;
    if (this.at + room + LENGTH_BYTES <= this.bytes.length) return this.at;
    return room < read ? 0 : undefined;
  }

  private lengthAt(position: number): number {
    return this.numbers[(HEADER_BYTES + position) / LENGTH_BYTES]!;
  }

  private setLength(position: number, length: number): void {
    this.numbers[(HEADER_BYTES + position) / LENGTH_BYTES] = length;
  }
}

/** Most bytes that a text may need, its length included. */
function roomFor(text: string): number {
  return aligned(LENGTH_BYTES + BYTES_PER_UNIT * text.length);
}

const behind = (start: number, length: number): number => aligned(start + LENGTH_BYTES + length);

function aligned(bytes: number): number {
  return Math.ceil(bytes / LENGTH_BYTES) * LENGTH_BYTES;
}
