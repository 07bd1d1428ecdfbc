import { parseAnswerHead, type AnswerHead } from './answer-head';
import { MalformedAnswer } from './malformed-answer';

/** Bytes of a head, and of all trailers together, beyond which nobody waits for their end. */
const MAX_HEAD = 16 * 1024;
/** The same for the line before a chunk: its size and what may be said beside it. */
const MAX_LINE = 1024;

const LINE_END = '\r\n';
const HEAD_END = '\r\n\r\n';
const CHUNK_SIZE = /^0*([\da-f]{1,8})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/i;
const BEGINNING = 'HTTP/1.';
const [CARRIAGE_RETURN, LINE_FEED] = [13, 10];
const BARE_LINE_FEED = /(?<!\r)\n/;
const EMPTY = Buffer.alloc(0);

/** What comes next. */
type Part = 'head' | 'body' | 'body until close' | 'chunk size' | 'chunk' | 'end of chunk' | 'trailers' | 'nothing';

/**
 * Reads one answer, in whatever pieces it arrives (RFC 9112). Knows nothing of sockets.
 *
 * Interim answers (1xx) are skipped. Of the body so much is kept as was asked for; the rest is read and dropped.
 */
export class AnswerParser {
  private next: Part = 'head';
  private head: AnswerHead | undefined;
  /** The beginning of a part whose end has not come yet. */
  private begun: Buffer = EMPTY;
  /** Bytes of the body, or of the chunk, that are still to come. */
  private missing = 0;
  private trailerBytes = 0;
  private readonly pieces: Buffer[] = [];
  private size = 0;
  private hasSurplus = false;

  /** @param maxBodyBytes of the body that are kept */
  constructor(private readonly maxBodyBytes: number) {}

  /**
   * @param bytes what came next; they are not kept, so the memory may be used again
   * @returns whether the answer is complete
   * @throws MalformedAnswer
   */
  take(bytes: Buffer): boolean {
    let rest = this.begun.length === 0 ? bytes : Buffer.concat([this.begun, bytes]);
    this.begun = EMPTY;
    while (rest.length > 0 && !this.isComplete) rest = rest.subarray(this.consume(rest));
    if (rest.length > 0) this.hasSurplus = true;
    return this.isComplete;
  }

  /** The server has ended its side. @returns whether the answer is complete */
  end(): boolean {
    if (this.next === 'body until close') this.next = 'nothing';
    return this.isComplete;
  }

  get isComplete(): boolean {
    return this.next === 'nothing';
  }

  /** Of a complete answer. */
  get status(): number {
    return this.head?.status ?? 0;
  }

  /** How long the connection may be used for another call; 0 when it may not, as bytes came that nobody asked for. Milliseconds. */
  get keepAliveMs(): number {
    return this.hasSurplus ? 0 : (this.head?.keepAliveMs ?? 0);
  }

  /** The beginning of the body as text. */
  body(): string {
    const only = this.pieces.length === 1 ? this.pieces[0] : undefined;
    return (only ?? Buffer.concat(this.pieces)).toString('utf8');
  }

  /** @returns how many bytes belong to what comes next; the first byte always does */
  private consume(bytes: Buffer): number {
    switch (this.next) {
      case 'head':
        return this.consumeHead(bytes);
      case 'body':
        return this.consumeMissing(bytes, 'nothing');
      case 'chunk':
        return this.consumeMissing(bytes, 'end of chunk');
      case 'body until close':
        this.keep(bytes);
        return bytes.length;
      case 'chunk size':
        return this.consumeLine(bytes, MAX_LINE, (line) => this.beginChunk(line));
      case 'end of chunk':
        return this.consumeEndOfChunk(bytes);
      case 'trailers':
        return this.consumeLine(bytes, MAX_HEAD, (line) => this.endTrailer(line));
      case 'nothing':
        return 0;
    }
  }

  private consumeHead(bytes: Buffer): number {
    // Some servers send a line break too many behind the answer before.
    if (bytes[0] === CARRIAGE_RETURN && bytes[1] === LINE_FEED) return LINE_END.length;
    const end = bytes.indexOf(HEAD_END);
    if (end === -1) {
      requireBeginning(bytes);
      return this.waitForEnd(bytes, MAX_HEAD);
    }
    if (end > MAX_HEAD) throw tooLong('head', MAX_HEAD);
    const head = parseAnswerHead(bytes.toString('latin1', 0, end));
    if (head.status === 101) throw new MalformedAnswer('it changes to another protocol');
    // Anything else below 200 comes before the answer itself.
    if (head.status >= 200) this.beginBody(head);
    return end + HEAD_END.length;
  }

  private beginBody(head: AnswerHead): void {
    this.head = head;
    if (head.body === 'chunked') this.next = 'chunk size';
    else if (head.body === 'until close') this.next = 'body until close';
    else {
      this.missing = head.body;
      this.next = head.body === 0 ? 'nothing' : 'body';
    }
  }

  private consumeMissing(bytes: Buffer, after: Part): number {
    const count = Math.min(this.missing, bytes.length);
    this.keep(bytes.subarray(0, count));
    this.missing -= count;
    if (this.missing === 0) this.next = after;
    return count;
  }

  private consumeLine(bytes: Buffer, most: number, then: (line: string) => void): number {
    const end = bytes.indexOf(LINE_END);
    if (end === -1) return this.waitForEnd(bytes, most);
    if (end > most) throw tooLong('line', most);
    then(bytes.toString('latin1', 0, end));
    return end + LINE_END.length;
  }

  private beginChunk(line: string): void {
    const size = CHUNK_SIZE.exec(line)?.[1];
    if (size === undefined) throw new MalformedAnswer('a chunk has no size');
    this.missing = Number.parseInt(size, 16);
    this.next = this.missing === 0 ? 'trailers' : 'chunk';
  }

  private consumeEndOfChunk(bytes: Buffer): number {
    if (bytes[0] !== CARRIAGE_RETURN || (bytes.length > 1 && bytes[1] !== LINE_FEED))
      throw new MalformedAnswer('a chunk is longer than its size');
    if (bytes.length === 1) return this.waitForEnd(bytes, MAX_LINE);
    this.next = 'chunk size';
    return LINE_END.length;
  }

  private endTrailer(line: string): void {
    this.trailerBytes += line.length;
    if (this.trailerBytes > MAX_HEAD) throw tooLong('end', MAX_HEAD);
    if (line === '') this.next = 'nothing';
  }

  private waitForEnd(bytes: Buffer, most: number): number {
    if (bytes.length > most) throw tooLong(this.next, most);
    this.begun = Buffer.from(bytes);
    return bytes.length;
  }

  private keep(bytes: Buffer): void {
    const room = this.maxBodyBytes - this.size;
    if (room <= 0) return;
    const piece = Buffer.from(bytes.subarray(0, room));
    this.pieces.push(piece);
    this.size += piece.length;
  }
}

/**
 * So that a server that speaks something else is told from one that is slow.
 *
 * @param bytes the beginning of a head whose end has not come
 */
function requireBeginning(bytes: Buffer): void {
  const text = bytes.toString('latin1');
  if (!text.startsWith(BEGINNING) && !BEGINNING.startsWith(text) && text !== '\r')
    throw new MalformedAnswer(`it begins with ${JSON.stringify(text.slice(0, BEGINNING.length))}`);
  if (BARE_LINE_FEED.test(text)) throw new MalformedAnswer('a line of its head has no carriage return at its end');
}

function tooLong(what: string, most: number): MalformedAnswer {
  return new MalformedAnswer(`its ${what} is longer than ${most} bytes`);
}
