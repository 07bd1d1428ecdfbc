import { isAlertDue } from './alert-rule';

describe('an alert about failing calls', () => {
  const dueUpTo = (most: number, limit: number): number[] =>
    Array.from({ length: most }, (_, index) => index + 1).filter((attempts) => isAlertDue(attempts, limit));

  test.each([
    [1, [1, 2, 4, 8, 16, 32]],
    [3, [3, 6, 12, 24, 48]],
    [5, [5, 10, 20, 40]],
  ])('is due at the limit of %i, then whenever their number has doubled', (limit, expected) => {
    expect(dueUpTo(60, limit)).toEqual(expected);
  });

  test('is never due without a failure', () => {
    expect(isAlertDue(0, 3)).toBe(false);
  });
});
