import fc from 'fast-check';
import { AnswerParser } from './answer-parser';
import { MalformedAnswer } from './malformed-answer';

type Framing = 'length' | 'chunked' | 'until close';

interface Answer {
  readonly status: number;
  readonly interim: readonly number[];
  readonly framing: Framing;
  readonly body: Uint8Array;
  /** Sizes of the chunks, used over and over. */
  readonly chunkSizes: readonly number[];
  readonly trailers: readonly string[];
}

const answers: fc.Arbitrary<Answer> = fc.record({
  status: fc.constantFrom(200, 201, 204, 304, 404, 425, 500, 599),
  interim: fc.array(fc.constantFrom(100, 102, 103), { maxLength: 2 }),
  framing: fc.constantFrom<Framing>('length', 'chunked', 'until close'),
  body: fc.uint8Array({ maxLength: 300 }),
  chunkSizes: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 4 }),
  trailers: fc.array(fc.constantFrom('x-sum: 1', 'expires: never'), { maxLength: 2 }),
});

const hasBody = ({ status }: Answer): boolean => status !== 204 && status !== 304;
/** An answer without a body ends with its head, whatever the head says. */
const endsAtClose = (answer: Answer): boolean => hasBody(answer) && answer.framing === 'until close';

const announcesInVain = ({ status, framing, body }: Answer): boolean =>
  status === 204 && (framing === 'chunked' || (framing === 'length' && body.length > 0));

function serialize(answer: Answer): Buffer {
  const { status, interim, framing, body } = answer;
  const before = interim.map((code) => `HTTP/1.1 ${code} Wait\r\nlink: </x>\r\n\r\n`).join('');
  const length = { length: `Content-Length: ${body.length}\r\n`, chunked: 'Transfer-Encoding: Chunked\r\n' };
  const head = `HTTP/1.1 ${status} Some Words\r\ndate: today\r\n${framing === 'until close' ? '' : length[framing]}\r\n`;
  const content = hasBody(answer) ? (framing === 'chunked' ? chunked(answer) : Buffer.from(body)) : Buffer.alloc(0);
  return Buffer.concat([Buffer.from(before + head), content]);
}

function chunked({ body, chunkSizes, trailers }: Answer): Buffer {
  const parts: Buffer[] = [];
  for (let [at, turn] = [0, 0]; at < body.length; turn += 1) {
    const piece = body.subarray(at, at + chunkSizes[turn % chunkSizes.length]!);
    parts.push(Buffer.from(`${piece.length.toString(16)};name="value"\r\n`), Buffer.from(piece), Buffer.from('\r\n'));
    at += piece.length;
  }
  return Buffer.concat([...parts, Buffer.from(`0\r\n${trailers.map((line) => `${line}\r\n`).join('')}\r\n`)]);
}

/** The bytes in pieces that all come in the same memory, as from a socket. */
function feed(parser: AnswerParser, bytes: Buffer, sizes: readonly number[]): boolean {
  const memory = Buffer.alloc(bytes.length);
  let complete = false;
  for (let [at, turn] = [0, 0]; at < bytes.length; turn += 1) {
    const count = bytes.copy(memory, 0, at, at + sizes[turn % sizes.length]!);
    complete = parser.take(memory.subarray(0, count));
    memory.fill('#');
    at += count;
  }
  return complete;
}

const pieces = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 });

describe('the parser of answers', () => {
  test('finds status, body and end in whatever pieces an answer comes, and not before its last byte', () => {
    fc.assert(
      fc.property(answers, pieces, fc.integer({ min: 0, max: 320 }), (answer, sizes, most) => {
        const bytes = serialize(answer);
        const parser = new AnswerParser(most);
        expect(feed(parser, bytes.subarray(0, -1), sizes)).toBe(false);
        const complete = parser.take(bytes.subarray(-1));
        expect(complete).toBe(!endsAtClose(answer));
        expect(parser.end()).toBe(true);
        const body = hasBody(answer) ? answer.body : new Uint8Array(0);
        expect(parser.status).toBe(answer.status);
        expect(parser.body()).toBe(Buffer.from(body.subarray(0, most)).toString('utf8'));
        expect(parser.keepAliveMs > 0).toBe(!endsAtClose(answer) && !announcesInVain(answer));
      }),
    );
  });

  test('never uses a connection again on which more came than the answer', () => {
    fc.assert(
      fc.property(answers, answers, pieces, (answer, next, sizes) => {
        fc.pre(!endsAtClose(answer));
        const parser = new AnswerParser(1000);
        expect(feed(parser, Buffer.concat([serialize(answer), serialize(next)]), sizes)).toBe(true);
        expect(parser.status).toBe(answer.status);
        expect(parser.keepAliveMs).toBe(0);
      }),
    );
  });

  test('takes no broken answer for a complete one whose end comes too early', () => {
    fc.assert(
      fc.property(answers, fc.nat(), (answer, cut) => {
        fc.pre(!endsAtClose(answer));
        const bytes = serialize(answer);
        const parser = new AnswerParser(1000);
        expect(parser.take(bytes.subarray(0, cut % bytes.length))).toBe(false);
        expect(parser.end()).toBe(false);
      }),
    );
  });

  test('reads any bytes at all, or says that they are no answer', () => {
    fc.assert(
      fc.property(
        answers,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
        pieces,
        (answer, changes, sizes) => {
          const bytes = serialize(answer);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          try {
            feed(new AnswerParser(1000), bytes, sizes);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedAnswer);
          }
        },
      ),
    );
  });
});
