import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** @see Admission */
export interface AdmissionOptions {
  readonly maxInFlight: number;
  readonly queue: number;
  readonly waitMs: number;
}

interface Waiter {
  readonly resolve: () => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * The bound on work in progress, and so on memory: so many transactions run, so many submits wait for a place for so long,
 * everybody else is told to come back later.
 */
export class Admission {
  private inFlight = 0;
  private closed = false;
  private readonly waiters = new Set<Waiter>();

  constructor(private readonly options: AdmissionOptions) {}

  /** Places free right now: what recovery may fill. */
  get free(): number {
    return Math.max(this.options.maxInFlight - this.inFlight, 0);
  }

  /**
   * Takes a place, waiting for it if need be.
   *
   * @throws DtxError `DTX_OVERLOADED` when the queue is full or the wait too long, `DTX_SHUTTING_DOWN` after {@link close}
   */
  enter(): Promise<void> | undefined {
    if (this.closed) throw shuttingDown();
    if (this.inFlight < this.options.maxInFlight) {
      this.inFlight += 1;
      return undefined;
    }
    if (this.waiters.size >= this.options.queue) throw overloaded();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        resolve,
        timer: setTimeout(() => {
          this.waiters.delete(waiter);
          reject(this.closed ? shuttingDown() : overloaded());
        }, this.options.waitMs),
      };
      this.waiters.add(waiter);
    });
  }

  /** Gives the place to the longest waiting, or back. */
  leave(): void {
    for (const waiter of this.waiters) {
      this.waiters.delete(waiter);
      clearTimeout(waiter.timer);
      return waiter.resolve();
    }
    this.inFlight -= 1;
  }

  /** Refuses everybody from now on. */
  close(): void {
    this.closed = true;
  }
}

const overloaded = (): DtxError =>
  new DtxError(ERROR_CODES.overloaded, 'too many transactions are in progress: try again in a moment');

const shuttingDown = (): DtxError =>
  new DtxError(ERROR_CODES.shuttingDown, 'this coordinator is shutting down: try again in a moment');
