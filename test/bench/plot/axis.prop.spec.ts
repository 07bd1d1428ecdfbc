import fc from 'fast-check';
import { label, linearAxis, logarithmicAxis } from './axis';

const VALUE = fc.double({ min: 1e-3, max: 1e9, noNaN: true });

describe('an axis of equal steps', () => {
  it.each([
    [9300, [0, 2000, 4000, 6000, 8000, 10_000]],
    [14_000, [0, 2500, 5000, 7500, 10_000, 12_500, 15_000]],
    [0.3, [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]],
    [6, [0, 1, 2, 3, 4, 5, 6]],
    [0, [0, 0.2]],
  ])('to %d has the marks %j', (value, ticks) => {
    expect(linearAxis([value, 0]).ticks).toEqual(ticks);
  });

  it('reaches every value, with few marks at equal distances and without much room above', () => {
    fc.assert(
      fc.property(VALUE, (value) => {
        const { ticks, share } = linearAxis([value]);
        expect(share(0)).toBe(0);
        expect(share(value)).toBeLessThanOrEqual(1 + 1e-6);
        expect(ticks.length).toBeLessThanOrEqual(7);
        expect(ticks.at(-2)).toBeLessThan(value);
        for (const [index, tick] of ticks.entries()) expect(share(tick)).toBeCloseTo(index / (ticks.length - 1), 9);
      }),
    );
  });
});

describe('an axis of equal factors', () => {
  it.each([
    [
      [1.3, 41],
      [1, 2, 5, 10, 20, 50],
    ],
    [
      [2, 20],
      [2, 5, 10, 20],
    ],
    [
      [0.3, 0.3],
      [0.2, 0.5],
    ],
    [
      [5, 5],
      [5, 10],
    ],
    [[], [1, 2]],
  ])('around %j has the marks %j', (values, ticks) => {
    expect(logarithmicAxis(values).ticks).toEqual(ticks);
  });

  it('holds every value between its ends, in their order', () => {
    fc.assert(
      fc.property(fc.array(VALUE, { minLength: 1, maxLength: 20 }), (values) => {
        const { ticks, share } = logarithmicAxis(values);
        expect(share(ticks.at(0)!)).toBe(0);
        expect(share(ticks.at(-1)!)).toBe(1);
        const shares = values.toSorted((one, other) => one - other).map(share);
        expect(shares).toEqual(shares.toSorted((one, other) => one - other));
        for (const part of shares) {
          expect(part).toBeGreaterThanOrEqual(-1e-6);
          expect(part).toBeLessThanOrEqual(1 + 1e-6);
        }
      }),
    );
  });
});

it('shows thousands', () => {
  expect([0, 0.25, 256, 12_500, 1_000_000].map(label)).toEqual(['0', '0.25', '256', '12,500', '1,000,000']);
});
