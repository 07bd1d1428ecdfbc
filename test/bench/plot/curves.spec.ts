import { historySizes } from './curves';

describe('the sizes of a history', () => {
  it.each([
    [1_000_000, [0, 10_000, 100_000, 1_000_000]],
    [50, [0, 1, 5, 50]],
    [1, [0, 1]],
  ])('up to %d are %j', (longest, sizes) => {
    expect(historySizes(longest)).toEqual(sizes);
  });
});
