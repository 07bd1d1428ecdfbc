import fc from 'fast-check';
import type { Field, Message } from './message';
import { protoService } from './proto-files.spec-helper';
import { COORDINATOR_SERVICE, COORDINATOR_SERVICE_NAME, DTM_SERVICE, DTM_SERVICE_NAME } from './services';
import { MalformedMessageError } from './wire-reader';

type Kind = Field<unknown>['kind'];
type AnyMessage = Message<Readonly<Record<string, Field<unknown>>>>;

const text = fc.string({ unit: 'grapheme', maxLength: 30 });

function valueOf(kind: Kind): fc.Arbitrary<unknown> {
  switch (kind) {
    case 'string':
      return text;
    case 'bytes':
      return fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
    case 'bool':
      return fc.boolean();
    case 'int64':
      return fc.maxSafeInteger();
    case 'map':
      return fc.dictionary(text, text, { maxKeys: 4 });
    default:
      return message(kind);
  }
}

/** A value for every field, so that both sides agree on what is there. */
function message({ fields }: AnyMessage): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(
    Object.fromEntries(
      Object.entries(fields).map(([name, { kind, repeated }]) => [
        name,
        repeated ? fc.array(valueOf(kind), { maxLength: 3 }) : valueOf(kind),
      ]),
    ),
  );
}

const METHODS = [
  ...Object.values(DTM_SERVICE).map((method) => [method.path, method, protoService(DTM_SERVICE_NAME)] as const),
  ...Object.values(COORDINATOR_SERVICE).map(
    (method) => [method.path, method, protoService(COORDINATOR_SERVICE_NAME)] as const,
  ),
];

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a message', () => {
  test.each(METHODS)('of %s is read and written as by a library for protocol buffers', (_path, ours, service) => {
    const theirs = service[ours.originalName]!;
    const request = ours.request as unknown as AnyMessage;
    const reply = ours.reply as unknown as AnyMessage;
    fc.assert(
      fc.property(message(request), message(reply), (asked, answered) => {
        expect(plain(request.decode(theirs.requestSerialize(asked)))).toEqual(plain(asked));
        expect(plain(theirs.requestDeserialize(request.encode(asked)))).toEqual(plain(asked));
        expect(plain(reply.decode(theirs.responseSerialize(answered)))).toEqual(plain(answered));
        expect(plain(theirs.responseDeserialize(reply.encode(answered)))).toEqual(plain(answered));
      }),
      { numRuns: 60 },
    );
  });

  test('of arbitrary bytes is read or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          DTM_SERVICE.Submit.request.decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessageError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('that is cut anywhere is refused or misses what was cut', () => {
    const whole = DTM_SERVICE.Submit.request.encode({ Gid: 'g', Steps: '[]', BinPayloads: [Buffer.from('payload')] });
    for (let length = 0; length < whole.length; length += 1) {
      try {
        const read = DTM_SERVICE.Submit.request.decode(whole.subarray(0, length));
        expect(DTM_SERVICE.Submit.request.encode(read)).toEqual(whole.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMessageError);
      }
    }
  });
});
