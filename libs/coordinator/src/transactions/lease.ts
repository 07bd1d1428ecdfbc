import type { Clock } from '../clock/clock';

/**
 * A lease as its holder believes in it: by its own monotonic clock, counted from before the write that took or renewed it
 * was sent, so that it never believes longer than the store does (design 3.2).
 */
export class Lease {
  private validUntilMs: number;

  /**
   * @param epoch fencing number that every write presents
   * @param sentAtMs monotonic time before the lease was asked for
   */
  constructor(
    readonly gid: string,
    readonly epoch: number,
    private readonly durationMs: number,
    sentAtMs: number,
  ) {
    this.validUntilMs = sentAtMs + durationMs;
  }

  renewed(sentAtMs: number): void {
    this.validUntilMs = sentAtMs + this.durationMs;
  }

  /** The holder must not act any more, whatever the store says. */
  revoke(): void {
    this.validUntilMs = -Infinity;
  }

  isValid(clock: Clock): boolean {
    return clock.monotonicMs() < this.validUntilMs;
  }
}
