import { Logger } from '@nestjs/common';
import type { Clock } from '../clock/clock';
import type { TransactionStore } from '../stores/transaction-store';
import { ChurningMap } from './churning-map';
import type { Lease } from './lease';

/** Renews all leases of this process together, at a third of their duration (design 3.2). */
export class LeaseKeeper {
  private readonly logger = new Logger(LeaseKeeper.name);
  private readonly leases = new ChurningMap<Lease>();
  private renewing = false;
  private failing = false;

  constructor(
    private readonly store: TransactionStore,
    private readonly clock: Clock,
    private readonly durationMs: number,
  ) {}

  hold(lease: Lease): void {
    this.leases.set(lease.gid, lease);
  }

  letGo(lease: Lease): void {
    this.leases.remove(lease.gid, lease);
  }

  /** Called every third of a lease. A renewal that fails is tried again with the next; until then the leases simply age. */
  async renewAll(): Promise<void> {
    if (this.renewing || this.leases.size === 0) return;
    this.renewing = true;
    try {
      await this.renew(this.leases.values());
      if (this.failing) this.logger.log('leases are renewed again');
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.logger.error(`leases cannot be renewed: ${String(error)}`);
      this.failing = true;
    } finally {
      this.renewing = false;
    }
  }

  private async renew(leases: readonly Lease[]): Promise<void> {
    const sentAtMs = this.clock.monotonicMs();
    const lost = new Set(
      await this.store.renew(
        leases.map(({ gid, epoch }) => ({ gid, epoch })),
        this.durationMs,
      ),
    );
    for (const lease of leases) {
      if (this.leases.get(lease.gid) !== lease) continue;
      if (lost.has(lease.gid)) lease.revoke();
      else lease.renewed(sentAtMs);
    }
  }
}
