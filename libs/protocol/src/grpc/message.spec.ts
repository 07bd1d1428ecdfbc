import { bytes, int64, Message, nested, repeatedBytes, string, stringMap } from './message';

const INNER = new Message('Inner', { name: string(1) });
const OUTER = new Message('Outer', {
  text: string(1),
  count: int64(2),
  inner: nested(3, INNER),
  parts: repeatedBytes(5),
  texts: stringMap(6),
  raw: bytes(7),
});

const decode = (...encoded: number[]) => OUTER.decode(Buffer.from(encoded));

describe('a message', () => {
  test('without bytes has zero values everywhere', () => {
    expect(decode()).toEqual({ text: '', count: 0, inner: undefined, parts: [], texts: {}, raw: Buffer.alloc(0) });
    expect(OUTER.encode({ text: '', count: 0, parts: [], texts: {} })).toHaveLength(0);
  });

  test('keeps empty entries of a list, as each stands for a step', () => {
    expect(OUTER.encode({ parts: [Buffer.alloc(0), Buffer.from('x')] })).toEqual(Buffer.from([42, 0, 42, 1, 0x78]));
    expect(decode(42, 0, 42, 1, 0x78).parts).toEqual([Buffer.alloc(0), Buffer.from('x')]);
  });

  test('skips fields that it does not know, of every wire type', () => {
    const unknown = [
      [0x78, 0x96, 0x01],
      [0x79, 1, 2, 3, 4, 5, 6, 7, 8],
      [0x7a, 2, 9, 9],
      [0x7b, 0x08, 1, 0x7c],
      [0x7d, 1, 2, 3, 4],
    ].flat();
    expect(decode(...unknown, 0x0a, 1, 0x61, ...unknown)).toMatchObject({ text: 'a' });
  });

  test('skips a known number of another wire type', () => {
    expect(decode(0x08, 5, 0x12, 1, 0x61)).toMatchObject({ text: '', count: 0 });
  });

  test('lets the last of several values win', () => {
    expect(decode(0x0a, 1, 0x61, 0x0a, 1, 0x62)).toMatchObject({ text: 'b' });
  });

  test('knows negative numbers', () => {
    expect(OUTER.encode({ count: -1 })).toEqual(Buffer.from([0x10, ...Array<number>(9).fill(0xff), 1]));
    expect(decode(0x10, ...Array<number>(9).fill(0xff), 1).count).toBe(-1);
  });

  test('takes __proto__ for a key like any other', () => {
    const { texts } = OUTER.decode(OUTER.encode({ texts: JSON.parse('{"__proto__":"x"}') as Record<string, string> }));
    expect(Object.entries(texts)).toEqual([['__proto__', 'x']]);
  });

  test.each([
    ['a length beyond the end', [0x0a, 5, 0x61], 'the message is cut short'],
    ['a tag without a value', [0x0a], 'the message is cut short'],
    ['an endless integer', [0x10, ...Array<number>(11).fill(0xff)], 'an integer is longer than 10 bytes'],
    ['a negative length', [0x0a, ...Array<number>(9).fill(0xff), 1], 'a field has a negative length'],
    ['field number 0', [0x02, 0], 'a field has an impossible number'],
    ['a text that is not UTF-8', [0x0a, 2, 0xc3, 0x28], 'a text is not UTF-8'],
    ['an end of a group without a start', [0x7c], 'a field has an unknown wire type'],
    ['a wire type that does not exist', [0x7e], 'a field has an unknown wire type'],
    ['a group without an end', [0x7b, 0x08, 1], 'the message is cut short'],
    ['groups in groups', Array<number>(40).fill(0x7b), 'groups are nested too deeply'],
    ['a broken message inside', [0x1a, 2, 0x0a, 9], 'the message is cut short'],
  ])('with %s is refused', (_case, encoded, problem) => {
    expect(() => decode(...encoded)).toThrow(problem);
  });

  test('may hold U+FFFD itself', () => {
    expect(OUTER.decode(OUTER.encode({ text: 'a\uFFFDb' })).text).toBe('a\uFFFDb');
  });
});
