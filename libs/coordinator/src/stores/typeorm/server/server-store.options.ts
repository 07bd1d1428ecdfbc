import type { WriteBatcherOptions } from '../../batch/write-batcher';

/** How to reach a database server (`STORE_*`). */
export interface ServerStoreOptions {
  readonly driver: 'mariadb' | 'mysql' | 'postgres';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Connections of the pool besides those of the write lanes. Small: a big pool only makes transactions wait for each other. */
  readonly poolSize?: number;
  /** Whether {@link TransactionStore.open} may change an old schema; otherwise it is refused with the command to run. */
  readonly autoMigrate?: boolean;
  readonly batch?: WriteBatcherOptions;
}
