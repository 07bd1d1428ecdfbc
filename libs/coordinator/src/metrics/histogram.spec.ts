import fc from 'fast-check';
import { BUCKETS, Histogram } from './histogram';

/** @returns the value of every part by its name and bound */
function parts(histogram: Histogram): Record<string, number> {
  const samples = histogram.samples('h', { api: 'x' });
  return Object.fromEntries(
    samples.map(({ metricName, labels, value }) => [`${metricName} ${labels['le'] ?? ''}`, value]),
  );
}

describe('a histogram', () => {
  test('counts a duration in every bucket that is not below it', () => {
    const histogram = new Histogram();
    for (const seconds of [0, 0.005, 0.0051, 10, 11]) histogram.observe(seconds);
    expect(parts(histogram)).toMatchObject({
      'h_bucket 0.005': 2,
      'h_bucket 0.01': 3,
      'h_bucket 5': 3,
      'h_bucket 10': 4,
      'h_bucket +Inf': 5,
      'h_count ': 5,
    });
    expect(parts(histogram)['h_sum ']).toBeCloseTo(21.0101, 6);
  });

  test('carries the labels of its metric on every part', () => {
    for (const { labels } of new Histogram().samples('h', { api: 'x' })) expect(labels).toMatchObject({ api: 'x' });
  });

  test('has as many below each bound as there are', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 20, noNaN: true })), (durations) => {
        const histogram = new Histogram();
        for (const seconds of durations) histogram.observe(seconds);
        for (const bound of BUCKETS) {
          expect(parts(histogram)[`h_bucket ${bound}`]).toBe(durations.filter((seconds) => seconds <= bound).length);
        }
        expect(parts(histogram)['h_bucket +Inf']).toBe(durations.length);
      }),
    );
  });
});
