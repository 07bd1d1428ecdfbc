import { Clock } from '@nestjs-dtx/coordinator';

/** A clock that stands still until it is moved: for tests that must not depend on how fast the machine is. */
export class ManualClock extends Clock {
  private elapsedMs = 0;

  /** @param startMs what {@link now} says before the clock is moved */
  constructor(private readonly startMs = Date.UTC(2026, 0, 1)) {
    super();
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  /** The same clock as the time of a store: pass it as `() => clock.now()`. */
  now(): number {
    return this.startMs + this.elapsedMs;
  }

  advance(milliseconds: number): void {
    this.elapsedMs += milliseconds;
  }
}
