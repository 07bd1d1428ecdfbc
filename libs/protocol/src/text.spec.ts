import fc from 'fast-check';
import { boundedText } from './text';

describe('boundedText', () => {
  it('keeps a text that fits', () => {
    expect(boundedText('sold out', 8)).toBe('sold out');
    expect(boundedText('', 8)).toBe('');
  });

  it('cuts a longer text at the limit', () => {
    expect(boundedText('sold out', 4)).toBe('sold');
  });

  it('drops a character that the limit would cut in half', () => {
    expect(boundedText('ab😀', 3)).toBe('ab');
    expect(boundedText('ab😀', 4)).toBe('ab😀');
  });

  it('replaces NUL and lone surrogates, which stores do not keep', () => {
    expect(boundedText('a\0b', 9)).toBe('a\uFFFDb');
    expect(boundedText('a\uD83D b\uDE00', 9)).toBe('a\uFFFD b\uFFFD');
  });

  it('yields a text that survives UTF-8, holds no NUL and is within the limit, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, most) => {
        const bounded = boundedText(text, most);
        expect(bounded.length).toBeLessThanOrEqual(most);
        expect(bounded).not.toContain('\0');
        expect(Buffer.from(bounded, 'utf8').toString('utf8')).toBe(bounded);
      }),
    );
  });

  it('survives UTF-16 units in any order', () => {
    const units = fc.array(fc.oneof(fc.integer({ min: 0xd700, max: 0xe000 }), fc.constantFrom(0, 65)));
    fc.assert(
      fc.property(units, fc.nat(8), (codes, most) => {
        const bounded = boundedText(String.fromCharCode(...codes), most);
        expect(Buffer.from(bounded, 'utf8').toString('utf8')).toBe(bounded);
      }),
    );
  });
});
