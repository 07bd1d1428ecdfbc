import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { BarrierCleaner } from '@nestjs-dtx/client';
import type { DataSource } from 'typeorm';
import { DtxExplorer } from '../discovery/dtx.explorer';
import { DTX_OPTIONS } from '../dtx.module-definition';
import type { DtxOptions } from '../dtx.options';
import { BarrierService } from './barrier.service';
import { dialectOf } from './database-kind';
import { inLocalTransaction } from './local-transactions';
import { typeormExecutor } from './typeorm-executor';

/** Between two rounds. Milliseconds. */
const INTERVAL_MS = 3_600_000;
/** The first round comes anywhere within this time, and later ones up to a tenth of the interval late: instances drift apart. */
const FIRST_WITHIN_MS = 600_000;
const JITTER = 0.1;

/** One barrier table of the application. */
interface Place {
  readonly dataSource: DataSource;
  readonly table: string;
}

/**
 * Deletes barrier rows older than `barrierTtl` from the tables of all handlers, as long as the application runs. The timer
 * does not keep the process alive.
 */
@Injectable()
export class BarrierCleanUp implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(BarrierCleanUp.name);
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(DTX_OPTIONS) private readonly options: DtxOptions,
    private readonly explorer: DtxExplorer,
    private readonly barriers: BarrierService,
  ) {}

  /** @throws DtxDefinitionError when there is no database to clean up */
  onApplicationBootstrap(): void {
    const { barrierTtl } = this.options;
    if (barrierTtl === undefined) return;
    const places = this.places();
    this.after(Math.random() * FIRST_WITHIN_MS, () => this.round(places, barrierTtl));
  }

  /** Resolves when the local transaction under way has ended: the databases are still open then. */
  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.timer);
    this.stopping.abort();
    await this.underWay;
  }

  private after(delayMs: number, work: () => Promise<void>): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.underWay = work();
    }, delayMs);
    this.timer.unref();
  }

  private async round(places: readonly Place[], ttlSeconds: number): Promise<void> {
    for (const place of places) await this.clean(place, ttlSeconds);
    this.after(INTERVAL_MS * (1 + JITTER * Math.random()), () => this.round(places, ttlSeconds));
  }

  /** Never rejects: rows that are left lie there until the next round, and nothing else suffers. */
  private async clean({ dataSource, table }: Place, ttlSeconds: number): Promise<void> {
    try {
      const cleaner = new BarrierCleaner({ dialect: dialectOf(dataSource), table, ttlSeconds }, (work) =>
        inLocalTransaction(dataSource, (manager) => work(typeormExecutor(manager))),
      );
      const deleted = await cleaner.runOnce(this.stopping.signal);
      if (deleted > 0)
        this.logger.log(`deleted ${deleted} rows of barrier table '${table}' older than ${ttlSeconds} s`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.error(`old rows of barrier table '${table}' could not be deleted, next try in an hour: ${reason}`);
    }
  }

  /** Where handlers have their barriers; without such handlers the module's table in the default database. */
  private places(): Place[] {
    const barriers = this.explorer.handlers.flatMap(({ barrier }) => barrier ?? []);
    const places: Place[] = [];
    for (const barrier of barriers.length > 0 ? barriers : [{}]) {
      const place = this.barriers.locate(barrier);
      const isKnown = places.some(({ dataSource, table }) => dataSource === place.dataSource && table === place.table);
      if (!isKnown) places.push(place);
    }
    return places;
  }
}
