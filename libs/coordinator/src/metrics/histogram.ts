import type { Sample } from './metric';

/** Upper bounds of the buckets (spec 2.12). Seconds. */
export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Durations counted in the standard buckets. */
export class Histogram {
  private readonly counts = new Float64Array(BUCKETS.length + 1);
  private sum = 0;

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > BUCKETS[bucket]!) bucket += 1;
    this.counts[bucket]! += 1;
    this.sum += seconds;
  }

  /** @param name of the metric, which its parts add to */
  samples(name: string, labels: Sample['labels']): Sample[] {
    let total = 0;
    const buckets = [...BUCKETS, '+Inf'].map((le, index) => {
      total += this.counts[index]!;
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.sum },
      { metricName: `${name}_count`, labels, value: total },
    ];
  }
}
