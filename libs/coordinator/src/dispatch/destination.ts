import type { Clock } from '../clock/clock';

/** @see Destination */
export interface DestinationLimits {
  readonly concurrency: number;
  readonly queue: number;
  readonly breakerThreshold: number;
  readonly breakerOpenMaxMs: number;
}

/** Why a call may not go out now. */
export interface Refused {
  readonly delayMs: number;
  readonly reason: string;
}

/** First time that a breaker stays open; doubles with every probe that fails. Milliseconds. */
const FIRST_OPEN_MS = 1000;
/** When to look again at a destination that is merely full. Milliseconds. */
const FULL_DELAY_MS = 1000;

/**
 * Bulkhead and breaker of one destination (design 5): a dead or slow service holds a bounded number of transactions, all
 * others are parked without a call, and a service that does not answer is asked by one probe at a time.
 */
export class Destination {
  private active = 0;
  private waiting: ((refused: Refused | undefined) => void)[] = [];
  private failuresInRow = 0;
  private openUntil = 0;
  private openMs = 0;
  private probing = false;

  constructor(
    private readonly name: string,
    private readonly limits: DestinationLimits,
    private readonly clock: Clock,
  ) {}

  /** @returns whether nothing uses or waits for the destination. */
  get isIdle(): boolean {
    return this.active === 0 && this.waiting.length === 0;
  }

  /** Takes a place for one call, waiting for it if few others do. @returns why not, if not. */
  enter(): Refused | undefined | Promise<Refused | undefined> {
    const open = this.refusedByBreaker();
    if (open) return open;
    if (this.active < this.limits.concurrency) {
      this.active += 1;
      return undefined;
    }
    if (this.waiting.length >= this.limits.queue) {
      return { delayMs: FULL_DELAY_MS, reason: `${this.name} is busy: ${this.active} calls are in flight` };
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Gives the place back. @param answered whether the service answered at all, with whatever status */
  leave(answered: boolean): void {
    this.record(answered);
    if (this.isOpen && this.remainingMs > 0) this.refuseWaiting();
    const next = this.waiting.shift();
    if (next) next(undefined);
    else this.active -= 1;
  }

  private get isOpen(): boolean {
    return this.failuresInRow >= this.limits.breakerThreshold;
  }

  private get remainingMs(): number {
    return this.openUntil - this.clock.monotonicMs();
  }

  private refusedByBreaker(): Refused | undefined {
    if (!this.isOpen) return undefined;
    if (this.remainingMs > 0 || this.probing) return this.refusal();
    this.probing = true;
    return undefined;
  }

  private refusal(): Refused {
    const reason = `${this.name} has not answered ${this.failuresInRow} calls in a row`;
    return { delayMs: Math.max(this.remainingMs, FIRST_OPEN_MS), reason };
  }

  /** Who queued before the breaker opened would only find out the same, one timeout after the other. */
  private refuseWaiting(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve(this.refusal());
  }

  private record(answered: boolean): void {
    this.probing = false;
    if (answered) {
      this.failuresInRow = 0;
      this.openMs = 0;
      return;
    }
    this.failuresInRow += 1;
    if (!this.isOpen) return;
    // Calls that were already out when the breaker opened fail after it: they must not lengthen its time.
    if (this.openUntil > this.clock.monotonicMs()) return;
    this.openMs = Math.min(this.openMs === 0 ? FIRST_OPEN_MS : this.openMs * 2, this.limits.breakerOpenMaxMs);
    this.openUntil = this.clock.monotonicMs() + this.openMs;
  }
}
