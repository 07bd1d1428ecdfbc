import fc from 'fast-check';
import { InvalidRequestError } from '../errors';
import { checkGid } from './gid';

describe('checkGid', () => {
  it.each(['trip-5', 'a', 'order 7781', 'überweisung', '注文-1', '😀', 'x'.repeat(128)])(
    'accepts %j as it is',
    (gid) => {
      expect(checkGid(gid)).toBe(gid);
    },
  );

  it.each([
    ['an empty one', '', 'gid must not be empty'],
    ['129 characters', 'x'.repeat(129), 'gid must not be longer than 128 characters'],
    ['10,000 characters', 'x'.repeat(10_000), 'gid must not be longer than 128 characters'],
    ['a line break', 'a\nb', 'gid must not contain control characters or ";"'],
    ['a carriage return', 'a\r', 'gid must not contain control characters or ";"'],
    ['NUL', 'a\0b', 'gid must not contain control characters or ";"'],
    ['a C1 control character', 'a\u0085', 'gid must not contain control characters or ";"'],
    ['a semicolon', 'a;b', 'gid must not contain control characters or ";"'],
    ['half a character', 'a\uD83D', 'gid must not contain control characters or ";"'],
  ])('refuses %s', (_, gid, message) => {
    expect(() => checkGid(gid)).toThrow(InvalidRequestError);
    expect(() => checkGid(gid)).toThrow(expect.objectContaining({ field: 'gid', message }));
  });

  it('accepts only what every store gives back unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        let accepted: string | undefined;
        try {
          accepted = checkGid(text);
        } catch {
          return;
        }
        expect(Buffer.from(accepted, 'utf8').toString('utf8')).toBe(text);
        expect(accepted).not.toMatch(/[\p{Cc};]/u);
      }),
    );
  });
});
