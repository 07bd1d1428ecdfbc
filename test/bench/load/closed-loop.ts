import { Histogram } from '../measure/histogram';
import type { Tally } from './tally';

/** Carries out one saga and calls back when it is finished, with what went wrong if something did. Never synchronously. */
export type Operation = (done: (problem?: string) => void) => void;

/** Pause of a client that was refused: a lane that is down must not be hammered. Milliseconds. */
const PAUSE_MS = 10;

/** So many clients, each of which starts its next saga when its last one is finished. @param clients one operation each */
export function closedLoop(clients: readonly Operation[], seconds: number): Promise<Tally> {
  const loop = new ClosedLoop(seconds);
  return loop.run(clients);
}

class ClosedLoop {
  private readonly latencies = new Histogram();
  private readonly problems: Record<string, number> = {};
  private deadline = 0;
  private finished = 0;
  private finishedInTime = 0;

  constructor(private readonly seconds: number) {}

  async run(clients: readonly Operation[]): Promise<Tally> {
    this.deadline = performance.now() + this.seconds * 1000;
    await Promise.all(clients.map((client) => new Promise<void>((resolve) => this.follow(client, resolve))));
    return {
      sagasPerSecond: this.finishedInTime / this.seconds,
      finished: this.finished,
      p50Ms: this.latencies.percentile(0.5),
      p99Ms: this.latencies.percentile(0.99),
      problems: this.problems,
    };
  }

  private follow(operation: Operation, resolve: () => void): void {
    let startedAt = performance.now();
    const done = (problem?: string): void => {
      const now = performance.now();
      if (problem === undefined) this.count(now, startedAt);
      else this.problems[problem] = (this.problems[problem] ?? 0) + 1;
      if (now >= this.deadline) return resolve();
      startedAt = now;
      if (problem === undefined) operation(done);
      else setTimeout(() => operation(done), PAUSE_MS);
    };
    operation(done);
  }

  private count(now: number, startedAt: number): void {
    this.latencies.record(now - startedAt);
    this.finished += 1;
    if (now <= this.deadline) this.finishedInTime += 1;
  }
}
