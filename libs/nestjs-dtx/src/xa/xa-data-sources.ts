import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { DTX_OPTIONS } from '../dtx.module-definition';
import type { DtxOptions } from '../dtx.options';
import { xaSettings } from './xa-options';

/** What ends branches is short: so many connections are enough for it. */
const CONTROL_CONNECTIONS = 2;

/** What the drivers call the size of a pool; TypeORM calls it `poolSize`, and lets these come before it. */
const POOL_SIZES: readonly string[] = ['max', 'connectionLimit'];

/** For the work of branches, or for what ends them. */
type Purpose = 'work' | 'control';

/**
 * Pools beside that of each DataSource with XA branches. The application's own can be full of connections that wait for the
 * rows of a prepared branch: neither the next branch of its transaction nor its commit may wait behind them.
 */
@Injectable()
export class XaDataSources implements OnApplicationShutdown {
  private readonly opened: Readonly<Record<Purpose, Map<DataSource, Promise<DataSource>>>> = {
    work: new Map(),
    control: new Map(),
  };

  constructor(@Inject(DTX_OPTIONS) private readonly options: DtxOptions) {}

  /** Opens it at the first call. */
  of(dataSource: DataSource, purpose: Purpose): Promise<DataSource> {
    const opened = this.opened[purpose];
    const known = opened.get(dataSource);
    if (known) return known;
    const size = purpose === 'work' ? xaSettings(this.options.xa).connections : CONTROL_CONNECTIONS;
    const opening = open(dataSource, size);
    opened.set(dataSource, opening);
    // A database that was away for a moment is tried again.
    opening.catch(() => opened.delete(dataSource));
    return opening;
  }

  async onApplicationShutdown(): Promise<void> {
    const all = Object.values(this.opened).flatMap((each) => [...each.values()]);
    for (const each of Object.values(this.opened)) each.clear();
    // One that could not be opened is not there to be closed.
    await Promise.allSettled(all.map(async (each) => (await each).destroy()));
  }
}

function open({ options, constructor }: DataSource, poolSize: number): Promise<DataSource> {
  const extra = Object.entries((options.extra ?? {}) as object).filter(([option]) => !POOL_SIZES.includes(option));
  // The application's own class: this package has TypeORM only as types.
  const OwnDataSource = constructor as new (options: DataSourceOptions) => DataSource;
  return new OwnDataSource({
    ...options,
    poolSize,
    extra: Object.fromEntries(extra),
    entities: [],
    subscribers: [],
    migrations: [],
    migrationsRun: false,
    synchronize: false,
    dropSchema: false,
  } as DataSourceOptions).initialize();
}
