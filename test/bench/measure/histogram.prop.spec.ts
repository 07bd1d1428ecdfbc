import fc from 'fast-check';
import { Histogram } from './histogram';

const MICROSECONDS = fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 200 });
const SHARE = fc.constantFrom(0.5, 0.9, 0.99, 1);

describe('a histogram of durations', () => {
  it('gives every percentile to within 0.8 %, never too small', () => {
    fc.assert(
      fc.property(MICROSECONDS, SHARE, (durations, share) => {
        const histogram = new Histogram();
        for (const us of durations) histogram.record(us / 1000);
        const sorted = durations.toSorted((one, other) => one - other);
        const exact = sorted[Math.ceil(sorted.length * share) - 1]! / 1000;
        const found = histogram.percentile(share);
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThanOrEqual(exact * (1 + 1 / 128));
      }),
    );
  });

  it('is zero when nothing was recorded', () => {
    expect(new Histogram().percentile(0.99)).toBe(0);
  });

  it('counts what is longer than it can tell as its longest', () => {
    const histogram = new Histogram();
    histogram.record(1e12);
    expect(histogram.percentile(1)).toBe((2 ** 31 - 1) / 1000);
  });
});
