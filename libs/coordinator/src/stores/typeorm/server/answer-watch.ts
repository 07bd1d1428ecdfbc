/**
 * The time limit of a connection on which one thing after the other is asked. It has one timer and not one for each of them:
 * measured with the driver's own limit, a timer for each query, what the batches had sent outlived young collections, which
 * made each of these several times as long.
 */
export class AnswerWatch {
  private timer: NodeJS.Timeout | undefined;
  private whenLate: (() => void) | undefined;
  private deadline = 0;
  private asked = 0;

  /** @param limitMs how long an answer may take; milliseconds */
  constructor(private readonly limitMs: number) {}

  /** Something is asked. @param whenLate called once if the answer takes too long. @returns what {@link end} is told */
  begin(whenLate: () => void): number {
    this.whenLate = whenLate;
    this.deadline = performance.now() + this.limitMs;
    this.timer ??= this.lookAfter(this.limitMs);
    this.asked += 1;
    return this.asked;
  }

  /** The answer is there. @param asked what was asked; if something else has been asked since, nothing happens */
  end(asked: number): void {
    if (asked === this.asked) this.whenLate = undefined;
  }

  /** A connection keeps the process alive by itself as long as it is used. */
  private lookAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.look(), ms).unref();
  }

  private look(): void {
    this.timer = undefined;
    const { whenLate } = this;
    if (!whenLate) return;
    const leftMs = this.deadline - performance.now();
    if (leftMs > 0) {
      this.timer = this.lookAfter(Math.ceil(leftMs));
      return;
    }
    this.whenLate = undefined;
    whenLate();
  }
}
