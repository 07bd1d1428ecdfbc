import { Clock } from '@nestjs-dtx/coordinator';
/** A clock that stands still until it is moved: for tests that must not depend on how fast the machine is. */
export declare class ManualClock extends Clock {
    private readonly startMs;
    private elapsedMs;
    /** @param startMs what {@link now} says before the clock is moved */
    constructor(startMs?: number);
    monotonicMs(): number;
    /** The same clock as the time of a store: pass it as `() => clock.now()`. */
    now(): number;
    advance(milliseconds: number): void;
}
