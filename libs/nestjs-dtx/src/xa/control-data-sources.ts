import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSource, DataSourceOptions } from 'typeorm';

/** What ends branches is short: so many connections are enough for it. */
const CONNECTIONS = 2;

/**
 * A second, small DataSource beside each that has XA branches. A pool can be full of connections that wait for the rows of a
 * prepared branch; its commit must not wait behind them.
 */
@Injectable()
export class ControlDataSources implements OnApplicationShutdown {
  private readonly opened = new Map<DataSource, Promise<DataSource>>();

  /** Opens it at the first call. */
  of(dataSource: DataSource): Promise<DataSource> {
    const known = this.opened.get(dataSource);
    if (known) return known;
    const opening = this.open(dataSource);
    this.opened.set(dataSource, opening);
    // A database that was away for a moment is tried again.
    opening.catch(() => this.opened.delete(dataSource));
    return opening;
  }

  async onApplicationShutdown(): Promise<void> {
    const all = [...this.opened.values()];
    this.opened.clear();
    // One that could not be opened is not there to be closed.
    await Promise.allSettled(all.map(async (each) => (await each).destroy()));
  }

  private open(dataSource: DataSource): Promise<DataSource> {
    const { options } = dataSource;
    const extra = options.extra as object | undefined;
    // The application's own class: this package has TypeORM only as types.
    const OwnDataSource = dataSource.constructor as new (options: DataSourceOptions) => DataSource;
    return new OwnDataSource({
      ...options,
      poolSize: CONNECTIONS,
      extra: { ...extra, max: CONNECTIONS, connectionLimit: CONNECTIONS },
      entities: [],
      subscribers: [],
      migrations: [],
      migrationsRun: false,
      synchronize: false,
      dropSchema: false,
    } as DataSourceOptions).initialize();
  }
}
