import type { Clock } from '../clock/clock';

/** Node's timers overflow beyond this. Milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls at the earliest instant that anybody has named: so a transaction that this process parked is visited when it is due
 * and not up to a scan interval later.
 */
export class WakeUp {
  private timer: NodeJS.Timeout | undefined;
  private atMs = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly wake: () => void,
  ) {}

  /** @param delayMs from now */
  after(delayMs: number): void {
    const atMs = this.clock.monotonicMs() + delayMs;
    if (atMs >= this.atMs) return;
    clearTimeout(this.timer);
    this.atMs = atMs;
    // A millisecond more: a timer may fire early by a fraction, and the scan would find nothing due.
    this.timer = setTimeout(() => this.fire(), Math.min(Math.ceil(delayMs) + 1, MAX_TIMER_MS));
    this.timer.unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.atMs = -Infinity;
  }

  private fire(): void {
    this.atMs = Infinity;
    this.wake();
  }
}
