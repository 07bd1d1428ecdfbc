import type { Instant } from '@nestjs-dtx/engine';
import type { GlobalStatus } from '@nestjs-dtx/protocol';
import type { DataSourceOptions } from 'typeorm';
import type { BatchErrorKind } from '../../batch/batch-outcome';
import type { BatchStatements } from '../../batch/batch-statements';
import type { HeldLease, KvEntry, PurgeProgress, RearmResult } from '../../transaction-store';
import type { LeaseRequest } from '../../writes';
import type { ServerStoreOptions } from './server-store.options';

/** One connection, which nobody else uses until it is given back. Parameters are bound, never written into the text. */
export interface Session {
  /** @returns the rows of a SELECT, or of a statement with RETURNING; of several statements, where an engine takes them at once, the result of each */
  rows<Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
  /** @returns how many rows a statement wrote */
  change(sql: string, parameters?: readonly unknown[]): Promise<number>;
  /** @returns the driver's own connection, for what there are no words for above */
  connection(): Promise<unknown>;
}

/** `PurgeRequest` with its age turned into an instant of the store's clock. */
export interface PurgeRange {
  /** Transactions that ended before this instant. */
  readonly finishedBefore: Instant;
  readonly afterId: number;
  readonly limit: number;
}

/** What has to be there for a row to be replaced: version 0 is nothing, the value `null` is any. */
export interface ExpectedKv {
  readonly version: number;
  readonly value: string | null;
}

/** A row that others write to without a pause. */
export interface BusyRow {
  readonly gid: string;
  readonly status: GlobalStatus;
}

/**
 * One engine's SQL on one session. Everything below runs inside the transaction that {@link BatchStatements.begin} opened,
 * and takes the store's time from there.
 */
export interface ServerStatements extends BatchStatements {
  /** Leases due rows that nobody else has locked, oldest due time first. @returns their gids in that order */
  claim(limit: number, lease: LeaseRequest, now: Instant): Promise<readonly string[]>;
  /** Locks nothing. @returns unfinished rows that have been due since then, and have been written to since then too */
  busy(since: Instant, limit: number): Promise<readonly BusyRow[]>;
  /** One statement for all leases. @returns the gids of those that are no longer the caller's */
  renew(leases: readonly HeldLease[], durationMs: number, now: Instant): Promise<readonly string[]>;
  /** @returns false for an unknown gid */
  rearm(gid: string, now: Instant): Promise<boolean>;
  rearmFarFuture(range: { readonly afterMs: number; readonly limit: number }, now: Instant): Promise<RearmResult>;
  /** @returns false when something else is there */
  kvPut(entry: KvEntry, expected: ExpectedKv | undefined, now: Instant): Promise<boolean>;
  /** @returns false when there was nothing */
  kvDelete(category: string, key: string): Promise<boolean>;
  /**
   * Deletes finished transactions with their branches, as `TransactionStore.purge` tells. One that has a final status
   * and no time of its end counts from its last update. Rows that somebody else has locked are stepped over.
   */
  purge(range: PurgeRange): Promise<PurgeProgress>;
}

/** What differs between database servers. A further one is a folder with this. */
export interface ServerDialect {
  /**
   * How many writes have to wait for a second batch to start beside the one under way. It keeps the server busy while we are,
   * and the other way round; but every batch has a cost of its own, and small ones cost more than that gains.
   */
  readonly overlapFrom: number;
  /**
   * TypeORM's driver and the pool's settings. Whoever uses a connection of it finds a session in UTC under READ COMMITTED, in
   * which a server that hangs ends a statement with an error.
   */
  connection(options: ServerStoreOptions): DataSourceOptions;
  /** The statements on one session. The session may be fresh or used before. */
  statements(session: Session): ServerStatements;
  /** What an error of the driver means for a batch: deadlocks, serialization and certification failures are `transient`. */
  kindOf(error: unknown): BatchErrorKind;
  /** @throws DtxError `DTX_STORE_UNAVAILABLE` when the server is too old for the statements, with the version it needs */
  checkServer(session: Session): Promise<void>;
}
