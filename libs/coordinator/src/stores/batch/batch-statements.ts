import type { Branch, BranchChange, Instant } from '@nestjs-dtx/engine';
import type { LeasedTransaction } from '../records';
import type { AdvanceWrite, InsertWrite } from '../writes';
import type { GlobalUpdate, LockedRow } from './fence';

type Awaitable<T> = T | Promise<T>;

/** Branch rows of one transaction to insert or update. */
export interface BranchesOf<T> {
  readonly gid: string;
  readonly branches: readonly T[];
}

/** The transactions of a batch. */
export interface BatchGids {
  /** Of writes to what is there. */
  readonly existing: readonly string[];
  /** Of inserts. An engine that lets the insert itself tell which exist need not look for them. */
  readonly fresh: readonly string[];
}

/** What a batch begins with. */
export interface Opened {
  /** The store's time, which the whole batch uses. */
  readonly now: Instant;
  /** What was found, as by {@link BatchStatements.lock}. */
  readonly rows: readonly LockedRow[];
}

/** A transaction that is still at this epoch, and has no final status. */
export interface HeldRow {
  readonly gid: string;
  readonly epoch: number;
}

/**
 * What a batch comes to if all of its inserts are new and all of its runners still hold what they work on, as almost
 * always. Instants are milliseconds from `BATCH_TIME`.
 */
export interface ForeseenBatch {
  /** What has to be so, in gid order, for any of the rest to be written. */
  readonly held: readonly HeldRow[];
  /** In gid order. Their gids have to be free. */
  readonly inserts: readonly InsertWrite[];
  readonly branchUpdates: readonly BranchesOf<BranchChange>[];
  readonly globals: readonly GlobalUpdate[];
}

/**
 * The statements of one engine inside one open database transaction: what a dialect has to provide for
 * {@link runBatch}. Each call takes all rows of its kind, so that an engine across a network needs one statement a kind.
 */
export interface BatchStatements {
  /** Opens the database transaction. @returns the store's time */
  begin(): Awaitable<Instant>;
  /** Opens the database transaction of a batch and reads its rows under lock: across a network all that is one round trip. */
  open(gids: BatchGids): Awaitable<Opened>;
  commit(): Awaitable<void>;
  rollback(): Awaitable<void>;
  /** Reads rows under lock, in gid order (two batches that lock in different orders would deadlock). */
  lock(gids: readonly string[]): Awaitable<readonly LockedRow[]>;
  /**
   * Inserts global rows. Either those whose gid is free; or all of them, where `open` has looked for them: then a gid that
   * somebody else has inserted since fails the batch as `transient`, and its repetition finds it.
   *
   * @returns the gids that were inserted
   */
  insertGlobals(writes: readonly InsertWrite[], now: Instant): Awaitable<ReadonlySet<string>>;
  insertBranches(rows: readonly BranchesOf<Branch>[], now: Instant): Awaitable<void>;
  /** @returns the gids among the rows of which at least one branch (gid, branch_id, op) exists. */
  existingBranches(rows: readonly BranchesOf<Branch>[]): Awaitable<ReadonlySet<string>>;
  updateBranches(rows: readonly BranchesOf<BranchChange>[], now: Instant): Awaitable<void>;
  updateGlobals(updates: readonly GlobalUpdate[], now: Instant): Awaitable<void>;
  /**
   * Carries out a runner's progress by statements that hold the fence themselves. Only for an engine whose transactions come
   * one after the other, and which answers at once; all others read the row under lock, with the rest of the batch's.
   *
   * @returns false when nothing was changed: the row has to be read to learn why
   */
  advance?(write: AdvanceWrite, now: Instant): boolean;
  /** Loads transactions whose lease was just taken. */
  load(gids: readonly string[], now: Instant): Awaitable<readonly LeasedTransaction[]>;
  /**
   * Carries out a whole batch as a database transaction of its own, without waiting for what it reads: across a network that
   * is one round trip. The database itself has to refuse the batch if anything is not as foreseen, under lock like any
   * other decision. Only where that is worth it.
   *
   * @returns the store's time; `undefined` when nothing was carried out, so that the batch has to look before it writes
   * @throws CommitError when the connection is lost: the commit was under way with all the rest
   */
  carryOut?(batch: ForeseenBatch): Promise<Instant | undefined>;
}
