import { Logger } from '@nestjs/common';
import type { Clock } from '../clock/clock';
import type { TransactionStore } from '../stores/transaction-store';
import type { Admission } from '../transactions/admission';
import type { FaultPoints } from '../transactions/fault-points';
import type { TransactionRunner } from '../transactions/transaction-runner';

/** @see RecoveryService */
export interface RecoveryOptions {
  readonly clock: Clock;
  /** Most transactions claimed by one statement. */
  readonly claimBatch: number;
  readonly faults: FaultPoints | undefined;
}

/** Claims what is due and runs it: retries, timeouts, and the work of dead coordinators (design 3.2). */
export class RecoveryService {
  private readonly logger = new Logger(RecoveryService.name);
  private round: Promise<number> | undefined;
  private asked = false;
  private stopped = false;
  private failing = false;
  /** The last scan ended for want of places, with more due perhaps. */
  private isShort = false;
  /** Runs that recovery has started and that have not ended. */
  private running = 0;
  private endedSinceShort = 0;

  constructor(
    private readonly store: TransactionStore,
    private readonly runner: TransactionRunner,
    private readonly admission: Admission,
    private readonly options: RecoveryOptions,
  ) {}

  /**
   * One scan: claims due transactions, oldest first, as many as there are free places, and starts them. Scans never overlap;
   * a call during one joins it, and makes it look once more: what became due meanwhile may have come too late for its claim.
   *
   * @returns how many were started
   */
  runOnce(): Promise<number> {
    if (this.stopped) return Promise.resolve(0);
    this.asked = true;
    this.round ??= this.scan().finally(() => (this.round = undefined));
    return this.round;
  }

  /** No more claims. Resolves when a scan under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.round;
  }

  private async scan(): Promise<number> {
    let started = 0;
    this.isShort = false;
    try {
      for (let claimed = 0; (claimed > 0 || this.asked) && !this.stopped; started += claimed) {
        this.asked = false;
        claimed = await this.claim();
      }
      if (this.failing) this.logger.log('scans for due transactions work again');
      this.failing = false;
    } catch (error) {
      // One line when it begins, one when it ends: a store that is down for an hour must not fill the disk.
      if (!this.failing) this.logger.error(`the scan for due transactions failed: ${String(error)}`);
      this.failing = true;
    }
    return started;
  }

  private async claim(): Promise<number> {
    // Places are taken before the claim: a claimed transaction that may not run would sit out its lease.
    const places = this.admission.takeFree(this.options.claimBatch);
    if (places === 0) {
      this.isShort = true;
      this.endedSinceShort = 0;
      return 0;
    }
    const sentAtMs = this.options.clock.monotonicMs();
    let used = 0;
    try {
      const claimed = await this.store.claim(places, this.runner.newLease());
      for (const leased of claimed) {
        used += 1;
        const held = this.options.faults?.reach('claimed', leased.snapshot.gid);
        const start = () => this.runner.start(leased, sentAtMs);
        this.follow(held ? held.then(start) : start());
      }
      return claimed.length;
    } finally {
      for (let unused = places - used; unused > 0; unused -= 1) this.admission.leave();
    }
  }

  /**
   * A scan that found all places taken goes on when half a batch of them is free again: until the next one by the clock the
   * coordinator would sit idle before a long line of due work.
   */
  private follow(run: Promise<unknown>): void {
    const ended = (): void => {
      this.running -= 1;
      this.endedSinceShort += 1;
      if (!this.isShort) return;
      if (this.running === 0 || this.endedSinceShort >= this.options.claimBatch / 2) void this.runOnce();
    };
    this.running += 1;
    run.then(ended, ended);
  }
}
