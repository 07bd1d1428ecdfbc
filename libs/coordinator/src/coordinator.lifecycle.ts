import {
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { AlertService } from './alerts/alert.service';
import type { CoordinatorSettings } from './coordinator.settings';
import type { GrpcTransport } from './dispatch/grpc/grpc-transport';
import type { HttpTransport } from './dispatch/http/http-transport';
import type { MessageTransport } from './dispatch/transports/message-transport';
import type { HealthService } from './operations/health.service';
import type { RecoveryScheduler } from './recovery/recovery.scheduler';
import type { RecoveryService } from './recovery/recovery.service';
import type { WakeUp } from './recovery/wake-up';
import type { RetentionScheduler } from './retention/retention.scheduler';
import type { RetentionService } from './retention/retention.service';
import type { TransactionStore } from './stores/transaction-store';
import type { Admission } from './transactions/admission';
import type { TransactionRunner } from './transactions/transaction-runner';

/** What a shutdown has to end, in this order of concern. */
export interface LifecycleParts {
  readonly health: HealthService;
  readonly admission: Admission;
  readonly scheduler: RecoveryScheduler;
  readonly recovery: RecoveryService;
  readonly wakeUp: WakeUp;
  readonly retentionScheduler: RetentionScheduler;
  readonly retention: RetentionService;
  readonly runner: TransactionRunner;
  readonly transport: HttpTransport;
  readonly grpc: GrpcTransport;
  readonly messages: MessageTransport;
  readonly alerts: AlertService | undefined;
  readonly store: TransactionStore;
}

/** How long the end waits for alerts that are on their way. Milliseconds. */
const ALERTS_MS = 3000;

/**
 * Graceful shutdown: refuse, drain, release, close. The drain has to be over in `onModuleDestroy`, as the HTTP server keeps
 * accepting requests until the hooks before it have ended.
 */
export class CoordinatorLifecycle implements OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Coordinator');

  constructor(
    private readonly parts: LifecycleParts,
    private readonly settings: CoordinatorSettings,
  ) {}

  async onModuleDestroy(): Promise<void> {
    const { health, admission, scheduler, recovery, wakeUp, runner, retention } = this.parts;
    health.beginShutdown();
    admission.close();
    scheduler.stopScans();
    wakeUp.stop();
    this.parts.retentionScheduler.stop();
    await Promise.all([recovery.stop(), retention.stop()]);
    if (runner.size > 0) this.logger.log(`shutting down: waiting for ${runner.size} transactions`);
    const left = await runner.drain(this.settings.shutdownTimeout * 1000);
    if (left > 0) this.logger.warn(`${left} transactions did not come to rest: they resume when their leases end`);
  }

  async beforeApplicationShutdown(): Promise<void> {
    // The drain may have made some.
    const { transport, grpc, messages, alerts } = this.parts;
    grpc.close();
    await Promise.all([transport.close(), messages.close(), alerts?.close(ALERTS_MS)]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.parts.store.close();
  }
}
