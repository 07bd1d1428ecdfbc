import { warmUpFor } from './settling';

describe('the warm-up of a lane', () => {
  it.each([
    [1, 3],
    [3, 9],
    [4, 10],
    [60, 10],
  ])('before measurements of %d s takes %d s', (seconds, expected) => {
    expect(warmUpFor(seconds)).toBe(expected);
  });
});
