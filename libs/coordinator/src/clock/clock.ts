/** The only source of elapsed time: what is due is decided by the store's clock, and this measures on from its last reading. */
export abstract class Clock {
  /** Milliseconds from an arbitrary start; never goes back, even when the machine's time is set. */
  abstract monotonicMs(): number;
}

/** The real one. */
export class SystemClock extends Clock {
  monotonicMs(): number {
    return performance.now();
  }
}
