import { escape } from 'mysql2';
import fc from 'fast-check';
import { literalOf } from './literals';
import { SqlText } from './sql-text';

describe('a value in a statement', () => {
  test.each([
    ['', "''"],
    ['plain text, "with" all of _%&?;`--#/*', `'plain text, "with" all of _%&?;\`--#/*'`],
    [12, '12'],
    [-0.5, '-0.5'],
    [null, 'NULL'],
    [undefined, 'NULL'],
    [new SqlText('@now + 1'), '@now + 1'],
    [Buffer.from('{"amount":30}'), `_binary'{"amount":30}'`],
    [Buffer.alloc(0), "_binary''"],
    [Buffer.from("it's"), "X'69742773'"],
    [Buffer.from([0, 92, 255]), "X'005cff'"],
  ])('%p is %s', (value, literal) => {
    expect(literalOf(value)).toBe(literal);
  });

  test.each(["'", '\\', '\0', '\n', '\u001a', '\u007f', 'é', '漢', '😀'])('%j is left to the driver', (special) => {
    expect(literalOf(`a${special}b`)).toBe(escape(`a${special}b`));
  });

  test('is the driver’s wherever that escapes anything but a double quote, which needs none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(literalOf(text).replaceAll('\\"', '"')).toBe(escape(text).replaceAll('\\"', '"'));
      }),
    );
  });

  test.each([[true], [{}], [new Date(0)], [['list']], [1n], [Symbol.iterator]])('%p is none', (value) => {
    expect(() => literalOf(value)).toThrow(TypeError);
  });
});
