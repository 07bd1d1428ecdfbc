/** Marks of an axis, and where values stand on it. */
export interface Axis {
  /** In rising order; nothing drawn lies beyond the first and the last. */
  readonly ticks: readonly number[];
  /** The part of the axis below a value: from 0 to 1. */
  readonly share: (value: number) => number;
}

/** Steps that people read easily, of every power of ten. */
const STEPS = [1, 2, 2.5, 5, 10];
/** Marks of a logarithmic axis in every power of ten. */
const DECADE = [1, 2, 5];
/** A quotient like 0.3 / 3 must not fall on the wrong side of its step. */
const HAIR = 1e-9;

/** An axis of equal steps from zero to the first mark at or above every value. @param most marks beside zero, at most */
export function linearAxis(values: readonly number[], most = 6): Axis {
  const highest = Math.max(0, ...values);
  const smallest = (highest > 0 ? highest : 1) / most;
  const power = 10 ** Math.floor(Math.log10(smallest));
  const step = power * (STEPS.find((candidate) => candidate * power >= smallest * (1 - HAIR)) ?? 10);
  const count = Math.max(Math.ceil(highest / step - HAIR), 1);
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return { ticks, share: (value) => value / (step * count) };
}

/** An axis of equal factors, for values above zero that are far apart. */
export function logarithmicAxis(values: readonly number[]): Axis {
  const [lowest, highest] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [1, 1];
  const all = decades(Math.floor(Math.log10(lowest)), Math.ceil(Math.log10(highest)));
  const first = all.findLastIndex((tick) => tick <= lowest * (1 + HAIR));
  // At least two marks, or the axis would have no length.
  const last = Math.max(
    all.findIndex((tick) => tick >= highest * (1 - HAIR)),
    first + 1,
  );
  const ticks = all.slice(first, last + 1);
  const [from, to] = [Math.log(ticks.at(0)!), Math.log(ticks.at(-1)!)];
  return { ticks, share: (value) => (Math.log(value) - from) / (to - from) };
}

/** @returns a number as a mark shows it: 2500 → `2,500`, 1000000 → `1,000,000` */
export function label(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 });
}

function decades(from: number, to: number): number[] {
  const powers = Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index));
  return powers.flatMap((power) => DECADE.map((digit) => Number((digit * power).toPrecision(12))));
}
