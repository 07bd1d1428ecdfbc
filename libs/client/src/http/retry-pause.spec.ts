import { backOffMs, retryAfterMs } from './retry-pause';

describe('backOffMs', () => {
  it.each([
    [0, 50, 100],
    [1, 100, 200],
    [3, 400, 800],
    [10, 1000, 2000],
    [5000, 1000, 2000],
  ])('after %i tries is between %i and %i ms', (tries, least, most) => {
    for (let i = 0; i < 100; i += 1) {
      const pause = backOffMs(tries);
      expect(pause).toBeGreaterThanOrEqual(least);
      expect(pause).toBeLessThanOrEqual(most);
    }
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');

  it.each([
    ['3', 3000],
    ['0', 0],
    ['Sat, 21 Nov 2026 10:00:05 GMT', 5000],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads %s as %s', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
