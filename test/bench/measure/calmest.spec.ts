import { calmest, mostRounds, worstOf } from './calmest';

describe('the calmest rounds', () => {
  test('are those in which the host took least, in their order', () => {
    expect(calmest([0.2, 0, 0.01, 0.3, 0.001], 3)).toEqual([1, 2, 4]);
  });

  test('are the first ones where all are alike, or nobody can tell', () => {
    expect(calmest([0, 0, 0], 2)).toEqual([0, 1]);
    expect(calmest([null, null, null], 2)).toEqual([0, 1]);
  });

  test('are chosen by what is worst in each', () => {
    expect(worstOf([0.1, null, 0.3])).toBe(0.3);
    expect(worstOf([null])).toBeNull();
  });

  test.each([
    [1, 1],
    [5, 9],
  ])('of %i come from at most %i', (rounds, most) => {
    expect(mostRounds(rounds)).toBe(most);
  });
});
