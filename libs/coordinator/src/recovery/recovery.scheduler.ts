import type { OnApplicationBootstrap } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import type { SchedulerRegistry } from '@nestjs/schedule';
import type { CoordinatorSettings } from '../coordinator.settings';
import type { ServiceRegistry } from '../registry/service-registry';
import type { LeaseKeeper } from '../transactions/lease-keeper';
import type { RecoveryService } from './recovery.service';

/** What the scheduler sets going. */
export interface ScheduledWork {
  readonly recovery: RecoveryService;
  readonly keeper: LeaseKeeper;
  readonly registry: ServiceRegistry;
}

/** Timers of the coordinator: due scan, lease renewal, registry refresh. None keeps the process alive. */
export class RecoveryScheduler implements OnApplicationBootstrap {
  private readonly logger = new Logger(RecoveryScheduler.name);
  private registryFailing = false;
  private stopped = false;

  constructor(
    private readonly scheduler: SchedulerRegistry,
    private readonly work: ScheduledWork,
    private readonly settings: CoordinatorSettings,
    private readonly recoverAfter?: Promise<unknown>,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.refreshRegistry();
    const { leaseSeconds, configUpdateInterval } = this.settings;
    this.every('lease-renewal', leaseSeconds / 3, () => this.work.keeper.renewAll());
    this.every('registry-refresh', configUpdateInterval, () => this.refreshRegistry());
    if (this.recoverAfter) void this.recoverAfter.then(() => this.startScans());
    else this.startScans();
  }

  /** The due scan and the registry rest from now on; leases are renewed until the drain is over. */
  stopScans(): void {
    this.stopped = true;
    for (const name of ['due-scan', 'registry-refresh']) {
      // Absent when the start failed halfway, and when the application is closed twice.
      if (this.scheduler.doesExist('interval', name)) this.scheduler.deleteInterval(name);
    }
  }

  private startScans(): void {
    if (this.stopped) return;
    this.every('due-scan', this.settings.transCronInterval, () => this.work.recovery.runOnce());
    void this.work.recovery.runOnce();
  }

  private every(name: string, seconds: number, work: () => Promise<unknown>): void {
    const interval = setInterval(() => void work(), seconds * 1000);
    interval.unref();
    this.scheduler.addInterval(name, interval);
  }

  private async refreshRegistry(): Promise<void> {
    try {
      await this.work.registry.refresh();
      this.registryFailing = false;
    } catch (error) {
      if (!this.registryFailing) this.logger.error(`the service registry cannot be read: ${String(error)}`);
      this.registryFailing = true;
    }
  }
}
