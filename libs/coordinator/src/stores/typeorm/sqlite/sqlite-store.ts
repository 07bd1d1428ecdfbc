import { join } from 'node:path';
import type { Instant } from '@nestjs-dtx/engine';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { DataSource } from 'typeorm';
import { DEFAULT_BATCH, DEFAULT_MAX_QUEUED, overloaded, type WriteBatcherOptions } from '../../batch/write-batcher';
import type {
  KvFilter,
  KvPage,
  KvRecord,
  LeasedTransaction,
  ListFilter,
  TransactionPage,
  TransactionWithBranches,
} from '../../records';
import {
  TransactionStore,
  type HeldLease,
  type KvEntry,
  type PurgeProgress,
  type PurgeRequest,
  type RearmResult,
} from '../../transaction-store';
import type { LeaseRequest, Write, WriteResults } from '../../writes';
import { columnTypesOf } from '../column-types';
import { kvEntity } from '../entities/kv.entity';
import { transBranchOpEntity } from '../entities/trans-branch-op.entity';
import { transGlobalEntity } from '../entities/trans-global.entity';
import { migrate } from '../migrate';
import { MIGRATIONS, MIGRATIONS_TABLE } from '../migrations';
import { TypeormReader } from '../typeorm-reader';
import { FolderLock } from './folder-lock';
import { WriterThread } from './writer-thread';

/** @see SqliteStore */
export interface SqliteStoreOptions {
  /** Data folder, for this process alone. */
  readonly directory: string;
  /** Whether {@link SqliteStore.open} may change an old schema (default true); otherwise it is refused with the command to run. */
  readonly autoMigrate?: boolean;
  readonly batch?: SqliteBatchOptions;
}

/** The thread makes batches of what there is, so it has no use for a depth. */
export type SqliteBatchOptions = Omit<WriteBatcherOptions, 'depth'>;

/**
 * The embedded store: one SQLite file. All writes go through a worker thread, where group commit and fsync block nobody;
 * reads go through TypeORM on a second, read-only connection, as on one connection they would see uncommitted rows.
 */
export class SqliteStore extends TransactionStore {
  private lock: FolderLock | undefined;
  private thread: WriterThread | undefined;
  private dataSource: DataSource | undefined;

  constructor(private readonly options: SqliteStoreOptions) {
    super();
  }

  async open(): Promise<void> {
    this.lock = FolderLock.acquire(this.options.directory);
    try {
      const file = join(this.options.directory, 'coordinator.sqlite');
      await migrateFile(file, this.options.autoMigrate ?? true);
      this.thread = new WriterThread(file, this.batch.maxBatch);
      await this.thread.call('takeOver');
      this.dataSource = await dataSourceOf(file, { readonly: true }).initialize();
    } catch (error) {
      await this.close();
      throw error instanceof DtxError ? error : this.cannotOpen(error);
    }
  }

  async close(): Promise<void> {
    await this.thread?.flush();
    await this.dataSource?.destroy();
    await this.thread?.close();
    this.lock?.release();
    this.dataSource = undefined;
    this.thread = undefined;
    this.lock = undefined;
  }

  async ping(): Promise<Instant> {
    return this.writer.call('ping');
  }

  write<W extends Write>(write: W): Promise<WriteResults[W['kind']]> {
    const { maxQueued = DEFAULT_MAX_QUEUED } = this.batch;
    if (!this.thread) return Promise.reject(notOpen());
    if (write.kind !== 'advance' && this.thread.size >= maxQueued) return Promise.reject(overloaded());
    return this.thread.write(write) as Promise<WriteResults[W['kind']]>;
  }

  async claim(limit: number, lease: LeaseRequest): Promise<readonly LeasedTransaction[]> {
    return this.writer.call('claim', limit, lease);
  }

  async renew(leases: readonly HeldLease[], durationMs: number): Promise<readonly string[]> {
    return this.writer.call('renew', leases, durationMs);
  }

  async find(gid: string): Promise<TransactionWithBranches | undefined> {
    return this.reader.find(gid);
  }

  async list(filter: ListFilter): Promise<TransactionPage> {
    return this.reader.list(filter);
  }

  async rearm(gid: string): Promise<boolean> {
    return this.writer.call('rearm', gid);
  }

  async rearmFarFuture(afterMs: number, limit: number): Promise<RearmResult> {
    return this.writer.call('rearmFarFuture', afterMs, limit);
  }

  async purge(request: PurgeRequest): Promise<PurgeProgress> {
    return this.writer.call('purge', request);
  }

  async kvScan(category: string): Promise<readonly KvRecord[]> {
    return this.reader.kvScan(category);
  }

  async kvPage(filter: KvFilter): Promise<KvPage> {
    return this.reader.kvPage(filter);
  }

  async kvFind(category: string, key: string): Promise<KvRecord | undefined> {
    return this.reader.kvFind(category, key);
  }

  async kvPut(entry: KvEntry, expectedVersion?: number, expectedValue?: string): Promise<boolean> {
    return this.writer.call('kvPut', entry, expectedVersion, expectedValue);
  }

  async kvDelete(category: string, key: string): Promise<boolean> {
    return this.writer.call('kvDelete', category, key);
  }

  private cannotOpen(cause: unknown): DtxError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const remedy = 'restore the file from a backup or set DATA_DIR to another folder';
    const message = `the database in ${this.options.directory} cannot be opened (${reason}): ${remedy}`;
    return new DtxError(ERROR_CODES.storeUnavailable, message, { cause });
  }

  private get batch(): SqliteBatchOptions {
    return this.options.batch ?? DEFAULT_BATCH;
  }

  private get writer(): WriterThread {
    if (!this.thread) throw notOpen();
    return this.thread;
  }

  private get reader(): TypeormReader {
    if (!this.dataSource) throw notOpen();
    return new TypeormReader(this.dataSource);
  }
}

const notOpen = (): Error => new Error('the store is not open');

async function migrateFile(file: string, auto: boolean): Promise<void> {
  const dataSource = await dataSourceOf(file).initialize();
  try {
    await migrate(dataSource, { auto });
  } finally {
    await dataSource.destroy();
  }
}

function dataSourceOf(file: string, access: { readonly?: boolean } = {}): DataSource {
  const types = columnTypesOf('better-sqlite3');
  return new DataSource({
    ...sqliteOptions(file, access),
    entities: [transGlobalEntity(types), transBranchOpEntity(types), kvEntity(types)],
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATIONS_TABLE,
  });
}
