import type { Branch, BranchChange, Instant } from '@nestjs-dtx/engine';
import { optionsToJson } from '@nestjs-dtx/protocol';
import { sqliteCode, sqliteTime, type SqliteValue } from '@nestjs-dtx/sqlite';
import type { BatchGids, BatchStatements, BranchesOf, Opened } from '../../batch/batch-statements';
import type { GlobalUpdate, LockedRow } from '../../batch/fence';
import { FIRST_EPOCH } from '../../batch/run-batch';
import { leased } from '../../batch/updates';
import type { LeasedTransaction, TransactionWithBranches } from '../../records';
import { leasedTransaction } from '../../snapshot';
import type { AdvanceWrite, InsertWrite } from '../../writes';
import { advanceSqlite } from './advance';
import { insertBranches } from './insert-branches';
import type { SqliteConnection } from './sqlite-connection';
import {
  branchOf,
  lockedRowOf,
  transactionOf,
  type BranchColumns,
  type GlobalColumns,
  type LockedColumns,
} from './sqlite-rows';
import { updateBranch } from './update-branch';
import { updateGlobal } from './update-global';

const BEGIN = 'BEGIN IMMEDIATE';
/** In the order of {@link LockedColumns}. */
const LOCK =
  'SELECT trans_type, status, owner, epoch, branch_count, lease_until, options FROM trans_global WHERE gid = ?';
const INSERT_GLOBAL = `INSERT INTO trans_global (gid, trans_type, status, query_prepared, protocol, create_time, update_time,
  options, custom_data, next_cron_interval, next_cron_time, owner, ext_data, result, rollback_reason, lease_until, epoch,
  branch_count, last_error, business_key)
  VALUES (?, ?, ?, ?, ?, ?6, ?6, ?, ?, ?, ?, ?, '', '', '', ?, ${FIRST_EPOCH}, ?, '', ?)`;
const EXISTING_BRANCH = 'SELECT 1 FROM trans_branch_op WHERE gid = ? AND branch_id = ? AND op = ?';
const LOAD_GLOBAL = 'SELECT * FROM trans_global WHERE gid = ?';
const LOAD_BRANCHES = 'SELECT * FROM trans_branch_op WHERE gid = ? ORDER BY id';

/**
 * The batch statements on one SQLite connection. BEGIN IMMEDIATE takes the file's write lock, so whatever is read
 * afterwards is current until the commit. There is no network to save: rows are written by prepared statements one by one.
 * Measured, one statement for all rows of a batch with the rows as JSON is slower.
 */
export class SqliteStatements implements BatchStatements {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly now: () => Instant,
  ) {}

  begin(): Instant {
    this.connection.execute(BEGIN);
    return this.now();
  }

  /** The insert itself tells which gids exist, at no cost of its own. */
  open({ existing }: BatchGids): Opened {
    const now = this.begin();
    return { now, rows: this.lock(existing) };
  }

  commit(): void {
    this.connection.execute('COMMIT');
  }

  rollback(): void {
    // A statement that failed badly enough has already ended the transaction; then there is nothing to roll back.
    try {
      this.connection.execute('ROLLBACK');
    } catch (error) {
      if (!/no transaction is active/.test(String(error))) throw error;
    }
  }

  lock(gids: readonly string[]): LockedRow[] {
    const rows: LockedRow[] = [];
    for (const gid of gids) {
      const columns = this.connection.tuple<LockedColumns>(LOCK, gid);
      if (columns) rows.push(lockedRowOf(gid, columns));
    }
    return rows;
  }

  insertGlobals(writes: readonly InsertWrite[], now: Instant): ReadonlySet<string> {
    const inserted = new Set<string>();
    for (const write of writes) {
      if (this.insertGlobal(write, now)) inserted.add(write.gid);
    }
    return inserted;
  }

  /** A gid that is taken is the exception; to ask each time whether a row was inserted costs more. */
  private insertGlobal(write: InsertWrite, now: Instant): boolean {
    try {
      this.connection.execute(INSERT_GLOBAL, ...insertValues(write, now));
      return true;
    } catch (error) {
      if (sqliteCode(error) === 'SQLITE_CONSTRAINT_UNIQUE') return false;
      throw error;
    }
  }

  insertBranches(rows: readonly BranchesOf<Branch>[], now: Instant): void {
    const time = sqliteTime(now);
    for (const row of rows) insertBranches(this.connection, row, time);
  }

  existingBranches(rows: readonly BranchesOf<Branch>[]): ReadonlySet<string> {
    const taken = rows.filter(({ gid, branches }) =>
      branches.some(({ branchId, op }) => this.connection.tuple(EXISTING_BRANCH, gid, branchId, op) !== undefined),
    );
    return new Set(taken.map(({ gid }) => gid));
  }

  updateBranches(rows: readonly BranchesOf<BranchChange>[], now: Instant): void {
    const time = sqliteTime(now);
    for (const { gid, branches } of rows) {
      for (const branch of branches) updateBranch(this.connection, { gid, branch, time });
    }
  }

  updateGlobals(updates: readonly GlobalUpdate[], now: Instant): void {
    const time = sqliteTime(now);
    for (const update of updates) updateGlobal(this.connection, update, time);
  }

  advance(write: AdvanceWrite, now: Instant): boolean {
    return advanceSqlite(this.connection, write, now);
  }

  load(gids: readonly string[], now: Instant): LeasedTransaction[] {
    return this.read(gids).map((rows) => leasedTransaction(rows, now));
  }

  /** @returns whole transactions, in the order of the gids; unknown ones are left out. */
  private read(gids: readonly string[]): TransactionWithBranches[] {
    return gids.flatMap((gid) => {
      const row = this.connection.get<GlobalColumns>(LOAD_GLOBAL, gid);
      if (!row) return [];
      const branches = this.connection.all<BranchColumns>(LOAD_BRANCHES, gid).map(branchOf);
      return { transaction: transactionOf(row), branches };
    });
  }
}

function insertValues(write: InsertWrite, now: Instant): SqliteValue[] {
  const { transaction, lease, intervalMs } = write;
  const { firstVisitAfterMs } = transaction;
  const held = lease && leased(lease, now);
  const due = held ? held.nextCronTime : firstVisitAfterMs === undefined ? null : now + firstVisitAfterMs;
  return [
    write.gid,
    transaction.transType,
    transaction.status,
    transaction.queryPrepared,
    transaction.protocol,
    sqliteTime(now),
    optionsToJson(transaction.options),
    transaction.customData,
    Math.round(intervalMs / 1000),
    timeOrNull(due),
    held?.owner ?? '',
    timeOrNull(held?.leaseUntil),
    transaction.branches.length,
    transaction.businessKey,
  ];
}

const timeOrNull = (instant: Instant | null | undefined): string | null =>
  instant === null || instant === undefined ? null : sqliteTime(instant);
