import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { XaReconcilerReport } from '@nestjs-dtx/client';
import type { BarrierMetadata } from '../discovery/handler-metadata';
import { DtxExplorer } from '../discovery/dtx.explorer';
import { DTX_OPTIONS } from '../dtx.module-definition';
import type { DtxOptions } from '../dtx.options';
import { XaBranches } from './xa-branches';
import { DEFAULT_RECONCILIATION_SECONDS, type XaReconciliationOptions } from './xa-reconciliation-options';

/** Instances of a service drift apart. */
const JITTER = 0.1;

/**
 * Ends XA branches of this service that were left prepared, as long as the application runs. The timer does not keep the
 * process alive.
 */
@Injectable()
export class XaReconciliation implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(XaReconciliation.name);
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(DTX_OPTIONS) private readonly options: DtxOptions,
    private readonly explorer: DtxExplorer,
    private readonly branches: XaBranches,
  ) {}

  onApplicationBootstrap(): void {
    const { xaReconciler: settings = {} } = this.options;
    if (settings !== false && this.places().length > 0) this.schedule(settings);
  }

  /** Resolves when the branch that is being looked at has been dealt with: the databases are still open then. */
  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.timer);
    this.stopping.abort();
    await this.underWay;
  }

  private schedule(settings: XaReconciliationOptions): void {
    if (this.stopping.signal.aborted) return;
    const { intervalSeconds = DEFAULT_RECONCILIATION_SECONDS } = settings;
    this.timer = setTimeout(
      () => {
        this.underWay = this.round(settings).then(() => this.schedule(settings));
      },
      intervalSeconds * 1000 * (1 + JITTER * Math.random()),
    );
    this.timer.unref();
  }

  /** Never rejects: what could not be found out now is looked at in the next round. */
  private async round(settings: XaReconciliationOptions): Promise<void> {
    const participants = new Set(this.places().map((place) => this.branches.participant(place)));
    for (const participant of participants) {
      try {
        this.tell(await participant.reconciler(settings).runOnce(this.stopping.signal));
      } catch (error) {
        this.logger.error(`cannot look for XA branches in doubt: ${(error as Error).message}`);
      }
    }
  }

  private tell({ committed, rolledBack, failed }: XaReconcilerReport): void {
    if (committed.length > 0) this.logger.warn(`committed XA branches that were left behind: ${committed.join(', ')}`);
    if (rolledBack.length > 0) {
      this.logger.warn(`rolled back XA branches that were left behind: ${rolledBack.join(', ')}`);
    }
    for (const { xid, error } of failed) {
      this.logger.error(`XA branch ${xid} stays in doubt: ${(error as Error).message}`);
    }
  }

  /** Where XA branches of this service write. */
  private places(): BarrierMetadata[] {
    const ofHandlers = this.explorer.handlers.flatMap(({ metadata: { ownBarrier } }) =>
      ownBarrier?.kind === 'xa' ? [ownBarrier] : [],
    );
    return [...ofHandlers, ...this.branches.runners];
  }
}
