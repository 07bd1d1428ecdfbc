import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** @see Admission */
export interface AdmissionOptions {
  readonly maxInFlight: number;
  /** Places out of `maxInFlight` that no submit gets. */
  readonly reserved: number;
  readonly queue: number;
  readonly waitMs: number;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: DtxError) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * The bound on work in progress, and so on memory: so many transactions run, so many submits wait for a place for so long,
 * everybody else is told to come back later. A few places are kept for recovery, or a flood of submits would let nothing
 * that has been begun come to its end.
 */
export class Admission {
  private inFlight = 0;
  private closed = false;
  private readonly waiters = new Set<Waiter>();
  private whenEmpty: (() => void)[] = [];

  constructor(private readonly options: AdmissionOptions) {}

  /** Places taken. */
  get size(): number {
    return this.inFlight;
  }

  /**
   * Takes a place for a submit, waiting for it if need be.
   *
   * @throws DtxError `DTX_OVERLOADED` when the queue is full or the wait too long, `DTX_SHUTTING_DOWN` after {@link close}
   */
  enter(): Promise<void> | undefined {
    if (this.closed) throw shuttingDown();
    if (this.hasPlaceForSubmit) {
      this.inFlight += 1;
      return undefined;
    }
    if (this.waiters.size >= this.options.queue) throw overloaded();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.delete(waiter);
        reject(overloaded());
      }, this.options.waitMs);
      const waiter: Waiter = { resolve, reject, timer };
      this.waiters.add(waiter);
    });
  }

  /** Takes free places for recovery, reserved ones included. @returns how many, at most `most` */
  takeFree(most: number): number {
    if (this.closed) return 0;
    const places = Math.max(Math.min(this.options.maxInFlight - this.inFlight, most), 0);
    this.inFlight += places;
    return places;
  }

  /** Gives the place to the longest waiting, or back. */
  leave(): void {
    this.inFlight -= 1;
    const [next] = this.waiters;
    if (next && this.hasPlaceForSubmit) {
      this.inFlight += 1;
      this.waiters.delete(next);
      clearTimeout(next.timer);
      next.resolve();
    }
    if (this.inFlight === 0) this.tellEmpty();
  }

  /** Refuses everybody from now on, those who wait included: a place that becomes free now must stay free. */
  close(): void {
    this.closed = true;
    for (const { reject, timer } of this.waiters) {
      clearTimeout(timer);
      reject(shuttingDown());
    }
    this.waiters.clear();
  }

  /** Resolves when all places have been given back. */
  async empty(): Promise<void> {
    if (this.inFlight === 0) return;
    await new Promise<void>((resolve) => this.whenEmpty.push(resolve));
  }

  private get hasPlaceForSubmit(): boolean {
    return this.inFlight < this.options.maxInFlight - this.options.reserved;
  }

  private tellEmpty(): void {
    const waiting = this.whenEmpty;
    this.whenEmpty = [];
    for (const resolve of waiting) resolve();
  }
}

const overloaded = (): DtxError =>
  new DtxError(ERROR_CODES.overloaded, 'too many transactions are in progress: try again in a moment');

const shuttingDown = (): DtxError =>
  new DtxError(ERROR_CODES.shuttingDown, 'this coordinator is shutting down: try again in a moment');
