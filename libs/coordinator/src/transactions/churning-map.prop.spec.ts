import fc from 'fast-check';
import { ChurningMap } from './churning-map';

/** Few keys, so that they meet again; among them those that mean something to an ordinary object, or to an array. */
const key = fc.constantFrom('a', '__proto__', 'constructor', 'toString', '0', '17', '');
const value = fc.nat({ max: 3 });
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key, value }),
  fc.record({ do: fc.constant('remove' as const), key, value }),
);

const sorted = (numbers: number[]): number[] => numbers.toSorted((a, b) => a - b);

describe('a map for entries that come and go', () => {
  test('holds what a Map would hold', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const churning = new ChurningMap<number>();
        const model = new Map<string, number>();
        for (const { do: what, key: at, value: one } of steps) {
          if (what === 'set') {
            churning.set(at, one);
            model.set(at, one);
          } else {
            churning.remove(at, one);
            if (model.get(at) === one) model.delete(at);
          }
          expect(churning.get(at)).toBe(model.get(at));
          expect(churning.size).toBe(model.size);
          expect(sorted(churning.values())).toEqual(sorted([...model.values()]));
        }
      }),
    );
  });

  test('does not take what every object has for an entry', () => {
    const map = new ChurningMap<number>();
    expect(map.get('toString')).toBeUndefined();
    map.remove('constructor', 1);
    expect(map.size).toBe(0);
  });
});
