import fc from 'fast-check';
import { graphOf, hasCycle, sequentialGraph } from './graph';

describe('sequentialGraph', () => {
  it('makes each step wait for the one before it', () => {
    expect(sequentialGraph(3)).toEqual({ predecessors: [[], [0], [1]], dependents: [[1], [2], []] });
    expect(sequentialGraph(0)).toEqual({ predecessors: [], dependents: [] });
  });

  it('is shared by all sagas of a length', () => {
    expect(sequentialGraph(7)).toBe(sequentialGraph(7));
  });
});

describe('hasCycle', () => {
  it('finds none where every edge leads forward along some order', () => {
    const shuffled = fc.integer({ min: 1, max: 8 }).chain((size) => {
      const numbers = Array.from({ length: size }, (_, step) => step);
      return fc.tuple(
        fc.shuffledSubarray(numbers, { minLength: size, maxLength: size }),
        fc.array(fc.subarray(numbers), { minLength: size, maxLength: size }),
      );
    });
    fc.assert(
      fc.property(shuffled, ([order, wanted]) => {
        const forward = wanted.map((list, step) => list.filter((other) => order.indexOf(other) < order.indexOf(step)));
        expect(hasCycle(graphOf(forward))).toBe(false);
      }),
    );
  });

  it('finds the circle that one edge closes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(7), fc.nat(7), (size, from, to) => {
        const [low, high] = [Math.min(from, to) % size, Math.max(from, to) % size].sort((a, b) => a - b);
        const predecessors = sequentialGraph(size).predecessors.map((list, step) =>
          step === low ? [...list, high ?? 0] : list,
        );
        expect(hasCycle(graphOf(predecessors))).toBe(true);
      }),
    );
  });

  it('does not mind an edge that is named twice', () => {
    expect(hasCycle(graphOf([[], [0, 0]]))).toBe(false);
  });
});
