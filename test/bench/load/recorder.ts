import { Histogram } from '../measure/histogram';
import type { Tally } from './tally';

/** Counts what becomes of the sagas of one measurement. Times are those of `performance.now()`. */
export class Recorder {
  private readonly latencies = new Histogram();
  private readonly problems: Record<string, number> = {};
  private readonly deadline: number;
  private finished = 0;
  private finishedInTime = 0;

  /** The time runs from now. */
  constructor(private readonly seconds: number) {
    this.deadline = performance.now() + seconds * 1000;
  }

  isOver(now: number): boolean {
    return now >= this.deadline;
  }

  /** @param startedAt when the saga was sent, or should have been */
  succeeded(startedAt: number, now: number): void {
    this.latencies.record(now - startedAt);
    this.finished += 1;
    if (now <= this.deadline) this.finishedInTime += 1;
  }

  failed(problem: string, count = 1): void {
    this.problems[problem] = (this.problems[problem] ?? 0) + count;
  }

  tally(): Tally {
    return {
      sagasPerSecond: this.finishedInTime / this.seconds,
      finished: this.finished,
      p50Ms: this.latencies.percentile(0.5),
      p99Ms: this.latencies.percentile(0.99),
      problems: this.problems,
    };
  }
}
