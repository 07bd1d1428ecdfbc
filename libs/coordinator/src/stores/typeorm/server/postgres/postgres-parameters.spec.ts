import { parameterOf } from './postgres-parameters';

describe('parameters of PostgreSQL', () => {
  test.each([
    [null, null],
    [undefined, null],
    ['a "b" \\ {c}', 'a "b" \\ {c}'],
    [12.5, '12.5'],
    [Buffer.from([0, 255]), '\\x00ff'],
    [[], '{}'],
    [[1, null, -2.5], '{1,NULL,-2.5}'],
    [['', 'NULL', 'a,b', '{}', null, undefined], '{"","NULL","a,b","{}",NULL,NULL}'],
    [['say "hi"', 'back\\slash'], '{"say \\"hi\\"","back\\\\slash"}'],
    [[new Uint8Array([1, 2, 3, 4]).subarray(1, 3), Buffer.alloc(0)], '{"\\\\x0203","\\\\x"}'],
    [[Buffer.from([1])], '{"\\\\x01"}'],
    [[1, 0.5, -2], '{1,0.5,-2}'],
    [[null, null, 7, 7, undefined], '{NULL,NULL,7,7,NULL}'],
    [['{"a":1}', '{"a":1}', 'b', '{"a":1}'], '{"{\\"a\\":1}","{\\"a\\":1}","b","{\\"a\\":1}"}'],
    [[undefined, 'a', Buffer.from([2]), 3], '{NULL,"a","\\\\x02",3}'],
  ])('are written in its own notation: %j', (value, text) => {
    expect(parameterOf(value)).toBe(text);
  });

  test('are of no other kind', () => {
    expect(() => parameterOf({})).toThrow('no parameter of the write path is a object');
  });
});
