import fc from 'fast-check';
import { childBranchId, stepBranchId } from './branch-id';

describe('stepBranchId', () => {
  it.each([
    [0, '01'],
    [1, '02'],
    [9, '10'],
    [98, '99'],
    [99, '100'],
    [999, '1000'],
  ])('names the step at position %i %s', (index, id) => {
    expect(stepBranchId(index)).toBe(id);
  });
});

describe('childBranchId', () => {
  it.each([
    ['', 1, '01'],
    ['', 99, '99'],
    ['01', 1, '0101'],
    ['02', 10, '0210'],
    ['010203040506070809', 10, '01020304050607080910'],
  ])('below %j the child number %i is %s', (parent, ordinal, id) => {
    expect(childBranchId(parent, ordinal)).toBe(id);
  });

  it('refuses the hundredth child', () => {
    expect(() => childBranchId('01', 100)).toThrow(
      expect.objectContaining({ code: 'DTX_BRANCH_ID_EXHAUSTED', message: 'branch id is larger than 99' }),
    );
  });

  it('refuses an eleventh level', () => {
    expect(() => childBranchId('01'.repeat(10), 1)).toThrow(
      expect.objectContaining({ code: 'DTX_BRANCH_ID_EXHAUSTED', message: 'total branch id is longer than 20' }),
    );
  });

  it('never gives two children the same id', () => {
    const path = fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 10 });
    const idOf = (ordinals: readonly number[]): string => ordinals.reduce(childBranchId, '');
    fc.assert(
      fc.property(path, path, (one, other) => {
        expect(idOf(one) === idOf(other)).toBe(one.join() === other.join());
      }),
    );
  });
});
