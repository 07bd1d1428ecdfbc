import type { Clock } from '../clock/clock';

/** Instants this close together share one wake-up, so that thousands of parked transactions need few timers. Milliseconds. */
const SLOT_MS = 25;
/** What is due later than this is left to the scans: by then their interval is nothing. Milliseconds. */
const HORIZON_MS = 60_000;

/**
 * Calls shortly after every instant that anybody has named: so a transaction that this process parked is visited when it is
 * due and not up to a scan interval later.
 */
export class WakeUp {
  private readonly timers = new Map<number, NodeJS.Timeout>();
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly wake: () => void,
  ) {}

  /** @param delayMs from now */
  after(delayMs: number): void {
    if (this.stopped || delayMs > HORIZON_MS) return;
    const nowMs = this.clock.monotonicMs();
    const slot = Math.ceil((nowMs + delayMs) / SLOT_MS);
    if (this.timers.has(slot)) return;
    // A millisecond more: a timer may fire early by a fraction, and the scan would find nothing due.
    const timer = setTimeout(() => this.fire(slot), Math.ceil(slot * SLOT_MS - nowMs) + 1);
    timer.unref();
    this.timers.set(slot, timer);
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private fire(slot: number): void {
    this.timers.delete(slot);
    this.wake();
  }
}
