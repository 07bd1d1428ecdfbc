import { handlerPath, isMessageUrl, parseServiceUrl, type ServiceAnnouncement } from '@nestjs-dtx/protocol';
import { Logger } from '@nestjs/common';
import type { Clock } from '../clock/clock';
import type { KvRecord } from '../stores/records';
import type { TransactionStore } from '../stores/transaction-store';

/** Category of the rows in `kv`. */
const CATEGORY = 'services';
/** Announcements of instances silent for this many times their ttl are deleted. */
const FORGET_AFTER_TTLS = 20;
/** Version of an instance that was announced here and not read back yet. */
const UNSEEN = 0;
/** A call that finds no live instance reads the store again, but not more often than this. Milliseconds. */
const MISS_REFRESH_MS = 1000;

/** Where a registry URL leads right now. */
export type Resolution =
  | { readonly kind: 'url'; readonly url: string }
  /** The handler declares that this op needs no call. */
  | { readonly kind: 'nothing-to-do' }
  | { readonly kind: 'unresolved'; readonly reason: string };

/** An announced instance, as shown. */
export interface ServiceInstance extends ServiceAnnouncement {
  readonly live: boolean;
}

interface Known {
  readonly announcement: ServiceAnnouncement;
  /** Version of the row, to see heartbeats that went to another coordinator. */
  version: number;
  /** On this coordinator's monotonic clock. */
  liveUntilMs: number;
}

/**
 * Live instances of services (design 6), persisted in `kv` and kept in memory. A row whose version has moved since the last
 * look is a heartbeat, wherever it arrived; so no clocks are compared. Rows found at start count as just seen: after a
 * restart, `svc://` steps go on without waiting for a heartbeat.
 */
export class ServiceRegistry {
  private readonly logger = new Logger(ServiceRegistry.name);
  private readonly instances = new Map<string, Known>();
  /** Next turn, by service: one counter for all would send every second call of a two-step saga to the same instance. */
  private readonly turns = new Map<string, number>();
  private refreshing: Promise<void> | undefined;
  private refreshedAtMs = -Infinity;

  constructor(
    private readonly store: TransactionStore,
    private readonly clock: Clock,
  ) {}

  /** Registers an instance, or takes its heartbeat. Durable when it resolves. */
  async announce(announcement: ServiceAnnouncement): Promise<void> {
    const key = keyOf(announcement.service, announcement.instance);
    await this.store.kvPut({ category: CATEGORY, key, value: JSON.stringify(announcement) });
    if (!this.instances.has(key)) {
      this.logger.log(`service ${announcement.service} at ${announcement.url} registered`);
    }
    // The row's version is not known here; the next refresh reads it.
    this.instances.set(key, { announcement, version: UNSEEN, liveUntilMs: this.liveUntil(announcement) });
  }

  /** @returns false when there was no such instance. */
  async withdraw(service: string, instance: string): Promise<boolean> {
    const key = keyOf(service, instance);
    this.instances.delete(key);
    return this.store.kvDelete(CATEGORY, key);
  }

  /** Reads what other coordinators were told, and forgets the long dead. A call during a refresh joins it. */
  refresh(): Promise<void> {
    this.refreshing ??= this.read().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private async read(): Promise<void> {
    this.refreshedAtMs = this.clock.monotonicMs();
    const rows = await this.store.kvScan(CATEGORY);
    const keys = new Set(rows.map((row) => row.key));
    for (const [key, known] of this.instances) {
      // One that no scan has seen yet was announced here a moment ago, after this scan began.
      if (!keys.has(key) && known.version !== UNSEEN) this.instances.delete(key);
    }
    for (const row of rows) this.see(row);
    const now = this.clock.monotonicMs();
    for (const [key, known] of this.instances) {
      if (now - known.liveUntilMs < FORGET_AFTER_TTLS * known.announcement.ttl * 1000) continue;
      this.instances.delete(key);
      await this.store.kvDelete(CATEGORY, key);
    }
  }

  /** @returns the URL of a live instance for this op, taking turns among them. */
  async resolve(url: string, op: string): Promise<Resolution> {
    const name = parseServiceUrl(url);
    if (!name) return unresolved(`${url} is not of the form svc://service/handler`);
    let live = this.live(name.service);
    if (live.length === 0 && this.mayRefresh()) {
      // It may have announced itself to another coordinator a moment ago.
      await this.refresh();
      live = this.live(name.service);
    }
    if (live.length === 0) return unresolved(`service ${name.service} has no live instance`);
    const { announcement } = this.next(name.service, live);
    const path = handlerPath(announcement, name.handler, op);
    if (path === null) return { kind: 'nothing-to-do' };
    if (path === undefined) return unresolved(`service ${name.service} has no handler ${name.handler} for ${op}`);
    return { kind: 'url', url: isMessageUrl(path) ? path : announcement.url + path };
  }

  list(): readonly ServiceInstance[] {
    const now = this.clock.monotonicMs();
    return [...this.instances.values()].map((known) => ({ ...known.announcement, live: known.liveUntilMs > now }));
  }

  private mayRefresh(): boolean {
    return this.refreshing !== undefined || this.clock.monotonicMs() - this.refreshedAtMs >= MISS_REFRESH_MS;
  }

  private next(service: string, live: readonly Known[]): Known {
    const turn = (this.turns.get(service) ?? 0) % live.length;
    this.turns.set(service, turn + 1);
    return live[turn]!;
  }

  private live(service: string): Known[] {
    const now = this.clock.monotonicMs();
    return [...this.instances.values()].filter(
      ({ announcement, liveUntilMs }) => announcement.service === service && liveUntilMs > now,
    );
  }

  private see(row: KvRecord): void {
    const known = this.instances.get(row.key);
    if (known?.version === row.version) return;
    const announcement = JSON.parse(row.value) as ServiceAnnouncement;
    // The row of an announcement that came here is no further heartbeat: it would let the dead live on.
    const liveUntilMs = known?.version === UNSEEN ? known.liveUntilMs : this.liveUntil(announcement);
    this.instances.set(row.key, { announcement, version: row.version, liveUntilMs });
  }

  private liveUntil(announcement: ServiceAnnouncement): number {
    return this.clock.monotonicMs() + announcement.ttl * 1000;
  }
}

const keyOf = (service: string, instance: string): string => `${service}/${instance}`;

const unresolved = (reason: string): Resolution => ({ kind: 'unresolved', reason });
