import { PAUSE_MS, type Operation } from './operation';
import { Recorder } from './recorder';
import type { Tally } from './tally';

/** Distance of the looks at the clock; sagas that came due meanwhile leave together. Milliseconds. */
const TICK_MS = 1;
/** Told of sagas that were never sent: the lane, or the load itself, cannot keep the pace at all. */
export const LATE = 'came due and found every client busy to the end';

/**
 * Sagas at a steady pace, whatever becomes of those before: as clients that know nothing of each other make them. A saga's
 * time runs from when it was due and not from when it was sent, or a lane that stands still for a while would keep those
 * away that ought to notice it.
 *
 * @param clients one operation each; a saga that finds all of them busy waits for one
 */
export function openLoop(clients: readonly Operation[], pace: Pace): Promise<Tally> {
  return new OpenLoop(clients, pace).run();
}

/** @see openLoop */
export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

class OpenLoop {
  private readonly idle: Operation[];
  private readonly recorder: Recorder;
  private readonly startedAt = performance.now();
  private readonly total: number;
  private sent = 0;
  private underWay = 0;
  private closed = false;
  private resolve: () => void = () => {};

  constructor(
    clients: readonly Operation[],
    private readonly pace: Pace,
  ) {
    this.idle = [...clients];
    this.recorder = new Recorder(pace.seconds);
    this.total = Math.floor(pace.perSecond * pace.seconds);
  }

  async run(): Promise<Tally> {
    const ticks = setInterval(() => this.send(), TICK_MS);
    await new Promise<void>((resolve) => {
      this.resolve = resolve;
      this.send();
    });
    clearInterval(ticks);
    if (this.sent < this.total) this.recorder.failed(LATE, this.total - this.sent);
    return this.recorder.tally();
  }

  private send(): void {
    const now = performance.now();
    while (!this.closed && this.sent < this.total && this.dueAt(this.sent) <= now) {
      const operation = this.idle.pop();
      if (!operation) break;
      this.start(operation, this.dueAt(this.sent));
    }
    // Decided after the sending: a look that comes late at the end still finds what came due before it.
    this.closed ||= this.recorder.isOver(now);
    if (this.closed && this.underWay === 0) this.resolve();
  }

  private start(operation: Operation, dueAt: number): void {
    this.sent += 1;
    this.underWay += 1;
    operation((problem) => {
      this.underWay -= 1;
      if (problem === undefined) {
        this.recorder.succeeded(dueAt, performance.now());
        this.release(operation);
      } else {
        this.recorder.failed(problem);
        setTimeout(() => this.release(operation), PAUSE_MS);
      }
    });
  }

  private release(operation: Operation): void {
    this.idle.push(operation);
    this.send();
  }

  private dueAt(index: number): number {
    return this.startedAt + (index * 1000) / this.pace.perSecond;
  }
}
