import type { OnApplicationBootstrap } from '@nestjs/common';
import type { SchedulerRegistry } from '@nestjs/schedule';
import type { CoordinatorSettings } from '../coordinator.settings';
import type { RetentionService } from './retention.service';

/** Name of the timer, for whoever lists them. */
const TIMER = 'retention';
/** Rounds are up to this part of the interval late, so that coordinators that started together drift apart. */
const JITTER = 0.1;

/** The timer of the retention. It does not keep the process alive. */
export class RetentionScheduler implements OnApplicationBootstrap {
  private stopped = false;

  constructor(
    private readonly scheduler: SchedulerRegistry,
    private readonly retention: RetentionService,
    private readonly settings: Pick<CoordinatorSettings, 'retentionFinished' | 'retentionInterval'>,
    private readonly random: () => number = Math.random,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.retentionFinished === 0) return;
    // The first one anywhere within the interval: a restart of all coordinators is no reason to purge all at once.
    this.after(this.random() * this.settings.retentionInterval);
  }

  /** No more rounds are started. */
  stop(): void {
    this.stopped = true;
    this.forget();
  }

  private after(seconds: number): void {
    if (this.stopped) return;
    this.forget();
    const timer = setTimeout(() => void this.round(), seconds * 1000);
    timer.unref();
    this.scheduler.addTimeout(TIMER, timer);
  }

  private async round(): Promise<void> {
    await this.retention.runOnce();
    this.after(this.settings.retentionInterval * (1 + JITTER * this.random()));
  }

  private forget(): void {
    if (this.scheduler.doesExist('timeout', TIMER)) this.scheduler.deleteTimeout(TIMER);
  }
}
