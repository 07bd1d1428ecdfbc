import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Clock } from '../clock/clock';
import type { TransactionStore } from '../stores/transaction-store';

/** @see RetentionService */
export interface RetentionOptions {
  readonly clock: Clock;
  /** How long finished transactions are kept. Milliseconds. */
  readonly finishedForMs: number;
}

/** Rows looked at by one part: small, as on SQLite it holds up the writer, and elsewhere it holds locks. */
const PART = 100;
/** After this time the rows that were stepped over are looked at again. Milliseconds. */
const LONGEST_SWEEP_MS = 3_600_000;

/**
 * Deletes finished transactions that were kept long enough. It goes through the table by id and remembers where it stopped,
 * so a round reads only what has become old since the last one. Rows that it steps over (unfinished for long, or finished
 * long after they were created) are looked at again when it starts at the oldest id anew: once an hour, or once per
 * retention if that is shorter. Several coordinators may do this at once: who comes second finds nothing.
 */
export class RetentionService {
  private readonly logger = new Logger(RetentionService.name);
  private readonly sweepMs: number;
  private round: Promise<number> | undefined;
  /** Ends the pause of a round that is to stop. */
  private readonly stopping = new AbortController();
  private afterId = 0;
  private sweepBegan: number;
  private failing = false;

  constructor(
    private readonly store: TransactionStore,
    private readonly options: RetentionOptions,
  ) {
    this.sweepMs = Math.min(LONGEST_SWEEP_MS, options.finishedForMs);
    this.sweepBegan = options.clock.monotonicMs();
  }

  /** One round: deletes everything that is old enough by now. A call during one joins it. @returns how many were deleted */
  runOnce(): Promise<number> {
    if (this.stopping.signal.aborted) return Promise.resolve(0);
    this.round ??= this.purgeAll().finally(() => (this.round = undefined));
    return this.round;
  }

  /** No more rounds. Resolves when the part under way has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.round;
  }

  private async purgeAll(): Promise<number> {
    let deleted = 0;
    try {
      this.startAnewWhenTime();
      for (let hasMore = true; hasMore && !this.stopping.signal.aborted;) {
        const beganMs = this.options.clock.monotonicMs();
        const part = await this.store.purge({
          finishedForMs: this.options.finishedForMs,
          afterId: this.afterId,
          limit: PART,
        });
        deleted += part.deleted;
        hasMore = part.lastId !== undefined;
        this.afterId = part.lastId ?? this.afterId;
        // As long as the part took: a purge never takes more than half of the store's time.
        if (hasMore) await this.rest(this.options.clock.monotonicMs() - beganMs);
      }
      if (this.failing) this.logger.log('deleting finished transactions works again');
      this.failing = false;
    } catch (error) {
      // One line when it begins, one when it ends: a store that is down for an hour must not fill the disk.
      if (!this.failing) this.logger.error(`deleting finished transactions failed: ${String(error)}`);
      this.failing = true;
    }
    return deleted;
  }

  private startAnewWhenTime(): void {
    const nowMs = this.options.clock.monotonicMs();
    if (nowMs - this.sweepBegan < this.sweepMs) return;
    this.sweepBegan = nowMs;
    this.afterId = 0;
  }

  private async rest(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}
