import type { Instant } from '@nestjs-dtx/engine';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { DataSource } from 'typeorm';
import { pauseAfter, TRANSIENT_ATTEMPTS } from '../../batch/batch-outcome';
import { DEFAULT_BATCH } from '../../batch/write-batcher';
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
import { migrateServer } from '../migrate';
import { MIGRATIONS, MIGRATIONS_TABLE } from '../migrations';
import { TypeormReader } from '../typeorm-reader';
import { Availability, reasonOf } from './availability';
import type { BusyRow, ServerDialect, ServerStatements } from './dialect';
import { dialectOf } from './dialects';
import type { ServerStoreOptions } from './server-store.options';
import { SessionPool } from './session-pool';
import { WriteLane } from './write-lane';
import { WriteLanes } from './write-lanes';

/** For how long a row may be due and locked whenever a claim comes by. Milliseconds. */
const LONG_DUE_MS = 1000;

/** Measured: more batches at once gain nothing, as they only become smaller. */
const DEPTH = 2;

/**
 * The store on a database server, shared by any number of coordinators. Writes go through group commit on two sessions of its
 * own, with one batch on each. Whatever else is done takes a session of a small pool.
 */
export class ServerStore extends TransactionStore {
  private readonly dialect: ServerDialect;
  private readonly availability: Availability;
  private readonly dataSource: DataSource;
  private readonly pool: SessionPool;
  private readonly lanes: WriteLanes;

  constructor(private readonly options: ServerStoreOptions) {
    super();
    this.dialect = dialectOf(options.driver);
    this.availability = new Availability(`${options.driver} at ${options.host}:${options.port}`);
    this.dataSource = dataSourceOf(this.dialect, options);
    this.pool = new SessionPool(this.dataSource, this.dialect);
    const makeLane = (): WriteLane => new WriteLane(this.pool, this.dialect, this.availability);
    const { overlapFrom } = this.dialect;
    this.lanes = new WriteLanes(makeLane, options.batch ?? { ...DEFAULT_BATCH, depth: DEPTH, overlapFrom });
  }

  async open(): Promise<void> {
    try {
      await this.dataSource.initialize();
      await this.pool.using((session) => this.dialect.checkServer(session));
      await migrateServer(this.options);
    } catch (error) {
      await this.close();
      throw error instanceof DtxError ? error : this.cannotOpen(error);
    }
  }

  async close(): Promise<void> {
    await this.lanes.close();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  ping(): Promise<Instant> {
    return this.transaction((_statements, now) => Promise.resolve(now));
  }

  write<W extends Write>(write: W): Promise<WriteResults[W['kind']]> {
    return this.lanes.write(write);
  }

  async claim(limit: number, lease: LeaseRequest): Promise<readonly LeasedTransaction[]> {
    const { leased, busy } = await this.transaction(async (statements, now) => {
      const gids = await statements.claim(limit, lease, now);
      if (gids.length > 0) return { leased: await statements.load(gids, now), busy: [] };
      return { leased: [], busy: await statements.busy(now - LONG_DUE_MS, limit) };
    });
    return busy.length === 0 ? leased : this.claimBusy(busy, lease);
  }

  renew(leases: readonly HeldLease[], durationMs: number): Promise<readonly string[]> {
    return this.transaction((statements, now) => statements.renew(leases, durationMs, now));
  }

  find(gid: string): Promise<TransactionWithBranches | undefined> {
    return this.read((reader) => reader.find(gid));
  }

  list(filter: ListFilter): Promise<TransactionPage> {
    return this.read((reader) => reader.list(filter));
  }

  rearm(gid: string): Promise<boolean> {
    return this.transaction((statements, now) => statements.rearm(gid, now));
  }

  rearmFarFuture(afterMs: number, limit: number): Promise<RearmResult> {
    return this.transaction((statements, now) => statements.rearmFarFuture({ afterMs, limit }, now));
  }

  purge({ finishedForMs, afterId, limit }: PurgeRequest): Promise<PurgeProgress> {
    return this.transaction((statements, now) =>
      statements.purge({ finishedBefore: now - finishedForMs, afterId, limit }),
    );
  }

  kvScan(category: string): Promise<readonly KvRecord[]> {
    return this.read((reader) => reader.kvScan(category));
  }

  kvPage(filter: KvFilter): Promise<KvPage> {
    return this.read((reader) => reader.kvPage(filter));
  }

  kvFind(category: string, key: string): Promise<KvRecord | undefined> {
    return this.read((reader) => reader.kvFind(category, key));
  }

  kvPut(entry: KvEntry, version?: number, value?: string): Promise<boolean> {
    const expected = version === undefined ? undefined : { version, value: value ?? null };
    return this.transaction((statements, now) => statements.kvPut(entry, expected, now));
  }

  kvDelete(category: string, key: string): Promise<boolean> {
    return this.transaction((statements) => statements.kvDelete(category, key));
  }

  /**
   * A row that clients write to without a pause is locked whenever a claim comes by, and goes from one of their writes to the
   * next. So the claim takes its turn among them.
   */
  private async claimBusy(rows: readonly BusyRow[], lease: LeaseRequest): Promise<readonly LeasedTransaction[]> {
    const writes = rows.map(({ gid, status }) =>
      this.lanes.write({ kind: 'change', gid, from: status, to: status, patch: {}, unheldOnly: true, lease }),
    );
    // What has failed is due still, and a later claim finds it.
    const results = await Promise.allSettled(writes);
    return results.flatMap((settled) => {
      const leased = settled.status === 'fulfilled' && settled.value.result === 'applied' && settled.value.leased;
      return leased ? [leased] : [];
    });
  }

  /** Work in a transaction of its own, repeated as a whole when it loses a conflict. */
  private async transaction<T>(work: (statements: ServerStatements, now: Instant) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const value = await this.pool.using((session) => inTransaction(this.dialect.statements(session), work));
        this.availability.succeeded();
        return value;
      } catch (error) {
        if (this.dialect.kindOf(error) !== 'transient' || attempt === TRANSIENT_ATTEMPTS) throw this.told(error);
        await pauseAfter(attempt);
      }
    }
  }

  private async read<T>(work: (reader: TypeormReader) => Promise<T>): Promise<T> {
    try {
      const value = await work(new TypeormReader(this.dataSource));
      this.availability.succeeded();
      return value;
    } catch (error) {
      throw this.told(error);
    }
  }

  private told(error: unknown): unknown {
    return this.availability.told(error, this.dialect.kindOf(error));
  }

  private cannotOpen(cause: unknown): DtxError {
    const { driver, host, port, database, user } = this.options;
    const where = `${driver} at ${host}:${port}, database ${database}, user ${user}`;
    const message = `the store cannot be opened (${where}): ${reasonOf(cause)}: check that the server runs and STORE_*`;
    return new DtxError(ERROR_CODES.storeUnavailable, message, { cause });
  }
}

async function inTransaction<T>(
  statements: ServerStatements,
  work: (statements: ServerStatements, now: Instant) => Promise<T>,
): Promise<T> {
  const now = await statements.begin();
  try {
    const value = await work(statements, now);
    await statements.commit();
    return value;
  } catch (error) {
    await statements.rollback();
    throw error;
  }
}

function dataSourceOf(dialect: ServerDialect, options: ServerStoreOptions): DataSource {
  const connection = dialect.connection(options);
  const types = columnTypesOf(connection.type);
  return new DataSource({
    ...connection,
    entities: [transGlobalEntity(types), transBranchOpEntity(types), kvEntity(types)],
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATIONS_TABLE,
  });
}
