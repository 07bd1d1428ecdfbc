import { MalformedAnswer } from './malformed-answer';

/** How long the body is: bytes, or where its end shows. */
export type BodyLength = number | 'chunked' | 'until close';

/** What has to be known of an answer before its body. */
export interface AnswerHead {
  readonly status: number;
  readonly body: BodyLength;
  /** How long the connection may be used for another call after this one. 0: not at all. Milliseconds. */
  readonly keepAliveMs: number;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
/** No line break, no space before the colon: whoever reads them differently sees another answer. */
const FIELD = /^([!#$%&'*+.^_`|~\w-]+):([\t\x20-\x7e\x80-\xff]*)$/;
/** Beyond what a number can tell exactly nobody can have sent that many. */
const LENGTH = /^\d{1,15}$/;
const CHUNKED = /^chunked(?:[\t ]*,[\t ]*chunked)*$/;
const TIMEOUT = /\btimeout=(\d{1,6})\b/i;

/** Of a server that does not say how long it keeps idle connections; common servers do for five seconds and more. */
const DEFAULT_KEEP_ALIVE_MS = 4000;
const MAX_KEEP_ALIVE_MS = 10 * 60 * 1000;
/** Taken off what the server says, as its time began when it sent the answer. Milliseconds. */
const KEEP_ALIVE_MARGIN_MS = 2000;

/** The fields that say where the answer ends and what becomes of the connection; all others have no meaning here. */
interface FramingFields {
  'content-length'?: string;
  'transfer-encoding'?: string;
  connection?: string;
  'keep-alive'?: string;
}

/**
 * Reads the head of an answer, strictly: an end that two readers see at different places would make the rest of one answer
 * the beginning of the next.
 *
 * @param text everything before the empty line, one character a byte
 * @throws MalformedAnswer
 */
export function parseAnswerHead(text: string): AnswerHead {
  const [first, ...lines] = text.split('\r\n');
  const start = STATUS_LINE.exec(first!);
  if (!start) throw new MalformedAnswer(`it begins with ${quoted(first!)}`);
  const status = Number(start[2]);
  const isOld = start[1] === '0';
  const fields = fieldsOf(lines);
  const { body, isClear } = framingOf(fields, isOld);
  const ms = keepAliveMs(fields, isOld);
  // What a 204 announces and must not have may still come, and would be the beginning of the next answer.
  if (hasNoBody(status)) return { status, body: 0, keepAliveMs: status === 204 && announces(body) ? 0 : ms };
  return { status, body, keepAliveMs: isClear ? ms : 0 };
}

/** RFC 9112, section 6.3: these never have one, whatever their fields say. */
const hasNoBody = (status: number): boolean => status < 200 || status === 204 || status === 304;

const announces = (body: BodyLength): boolean => body === 'chunked' || (typeof body === 'number' && body > 0);

function fieldsOf(lines: readonly string[]): FramingFields {
  const fields: FramingFields = {};
  for (const line of lines) {
    const field = FIELD.exec(line);
    if (!field) throw new MalformedAnswer(`it has the header line ${quoted(line)}`);
    const name = field[1]!.toLowerCase();
    if (!isFraming(name)) continue;
    const [before, value] = [fields[name], field[2]!.trim().toLowerCase()];
    fields[name] = before === undefined ? value : `${before},${value}`;
  }
  return fields;
}

function isFraming(name: string): name is keyof FramingFields {
  return name === 'content-length' || name === 'connection' || name === 'keep-alive' || name === 'transfer-encoding';
}

interface Framing {
  readonly body: BodyLength;
  /** Whether everybody who reads it sees the same end. */
  readonly isClear: boolean;
}

function framingOf(fields: FramingFields, isOld: boolean): Framing {
  const encoding = fields['transfer-encoding'];
  const lengths = fields['content-length']?.split(',').map((length) => length.trim());
  if (encoding !== undefined) {
    if (lengths) throw new MalformedAnswer('its length is given in two ways');
    // Services that copy the headers of another answer say it twice, and some of HTTP/1.0 say it though they must not.
    if (!CHUNKED.test(encoding)) throw new MalformedAnswer(`it has the transfer-encoding ${quoted(encoding)}`);
    return { body: 'chunked', isClear: encoding === 'chunked' && !isOld };
  }
  if (!lengths) return { body: 'until close', isClear: false };
  const [length] = lengths;
  if (!LENGTH.test(length!) || lengths.some((other) => other !== length))
    throw new MalformedAnswer(`it has the content-length ${quoted(lengths.join(', '))}`);
  return { body: Number(length), isClear: true };
}

function keepAliveMs(fields: FramingFields, isOld: boolean): number {
  const options = fields.connection?.split(',').map((option) => option.trim()) ?? [];
  if (options.includes('close') || (isOld && !options.includes('keep-alive'))) return 0;
  const told = TIMEOUT.exec(fields['keep-alive'] ?? '')?.[1];
  if (told === undefined) return DEFAULT_KEEP_ALIVE_MS;
  return Math.max(0, Math.min(Number(told) * 1000 - KEEP_ALIVE_MARGIN_MS, MAX_KEEP_ALIVE_MS));
}

const LONGEST_QUOTE = 80;

function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
}
