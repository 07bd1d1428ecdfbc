import type { Branch, BranchChange, Instant } from '@nestjs-dtx/engine';
import { optionsToJson } from '@nestjs-dtx/protocol';
import { sqliteTime, type SqliteDatabase, type SqliteStatement, type SqliteValue } from '@nestjs-dtx/sqlite';
import type { BatchStatements, BranchesOf } from '../../batch/batch-statements';
import type { GlobalUpdate, LockedRow } from '../../batch/fence';
import { FIRST_EPOCH } from '../../batch/run-batch';
import { leased } from '../../batch/updates';
import type { LeasedTransaction, TransactionWithBranches } from '../../records';
import { leasedTransaction } from '../../snapshot';
import type { InsertWrite } from '../../writes';
import {
  branchOf,
  lockedRowOf,
  transactionOf,
  type BranchColumns,
  type GlobalColumns,
  type LockedColumns,
} from './sqlite-rows';

const BEGIN = 'BEGIN IMMEDIATE';
const LOCK =
  'SELECT gid, trans_type, status, owner, epoch, branch_count, lease_until, options FROM trans_global WHERE gid = ?';
const INSERT_GLOBAL = `INSERT INTO trans_global (gid, trans_type, status, query_prepared, protocol, create_time, update_time,
  options, custom_data, next_cron_interval, next_cron_time, owner, ext_data, result, rollback_reason, lease_until, epoch,
  branch_count, last_error) VALUES (?, ?, ?, ?, ?, ?6, ?6, ?, ?, ?, ?, ?, '', '', '', ?, ${FIRST_EPOCH}, ?, '')
  ON CONFLICT (gid) DO NOTHING`;
const EXISTING_BRANCH = 'SELECT 1 FROM trans_branch_op WHERE gid = ? AND branch_id = ? AND op = ?';
const UPDATE_BRANCH = `UPDATE trans_branch_op SET status = ?1, update_time = ?2,
  finish_time = CASE ?1 WHEN 'succeed' THEN ?2 ELSE finish_time END,
  rollback_time = CASE ?1 WHEN 'failed' THEN ?2 ELSE rollback_time END
  WHERE gid = ?3 AND branch_id = ?4 AND op = ?5`;
/** All parameters in one statement: a second one for the schedule would cost more than the unused expressions. */
const UPDATE_GLOBAL = `UPDATE trans_global SET update_time = ?1, epoch = ?2, status = COALESCE(?3, status),
  rollback_reason = COALESCE(?4, rollback_reason), options = COALESCE(?5, options), custom_data = COALESCE(?6, custom_data),
  branch_count = COALESCE(?7, branch_count), finish_time = COALESCE(?8, finish_time),
  rollback_time = COALESCE(?9, rollback_time)`;
const UPDATE_KEPT = `${UPDATE_GLOBAL} WHERE gid = ?10`;
const UPDATE_SCHEDULED = `${UPDATE_GLOBAL}, owner = ?11, lease_until = ?12, next_cron_time = ?13,
  next_cron_interval = COALESCE(?14, next_cron_interval), attempts = COALESCE(?15, attempts),
  last_error = COALESCE(?16, last_error) WHERE gid = ?10`;
const LOAD_GLOBAL = 'SELECT * FROM trans_global WHERE gid = ?';
const LOAD_BRANCHES = 'SELECT * FROM trans_branch_op WHERE gid = ? ORDER BY id';

/** Rows of one INSERT: enough for almost every saga, few enough that each length is prepared once and stays. */
const ROWS_PER_INSERT = 16;
const INSERTS: string[] = [];

/** Several rows of one transaction share a statement: half the cost per row. */
function insertBranches(rows: number): string {
  return (INSERTS[rows] ??=
    `INSERT INTO trans_branch_op (gid, create_time, update_time, url, bin_data, branch_id, op, status)
  VALUES ${Array.from({ length: rows }, (_, row) => rowPlaceholders(3 + 5 * row)).join(', ')}`);
}

function rowPlaceholders(first: number): string {
  return `(?1, ?2, ?2, ?${first}, ?${first + 1}, ?${first + 2}, ?${first + 3}, ?${first + 4})`;
}

const timeOrNull = (instant: Instant | null | undefined): string | null =>
  instant === null || instant === undefined ? null : sqliteTime(instant);

/**
 * The batch statements on one SQLite connection. BEGIN IMMEDIATE takes the file's write lock, so whatever is read
 * afterwards is current until the commit. There is no network to save: rows are written by prepared statements one by one.
 */
export class SqliteStatements implements BatchStatements {
  private readonly prepared = new Map<string, SqliteStatement>();

  constructor(
    private readonly database: SqliteDatabase,
    private readonly now: () => Instant,
  ) {}

  begin(): Instant {
    this.run(BEGIN);
    return this.now();
  }

  commit(): void {
    this.run('COMMIT');
  }

  rollback(): void {
    // A statement that failed badly enough has already ended the transaction; then there is nothing to roll back.
    try {
      this.run('ROLLBACK');
    } catch (error) {
      if (!/no transaction is active/.test(String(error))) throw error;
    }
  }

  lock(gids: readonly string[]): LockedRow[] {
    return gids
      .map((gid) => this.get<LockedColumns>(LOCK, gid))
      .filter((row) => row !== undefined)
      .map(lockedRowOf);
  }

  insertGlobals(writes: readonly InsertWrite[], now: Instant): ReadonlySet<string> {
    const inserted = new Set<string>();
    for (const write of writes) {
      if (this.run(INSERT_GLOBAL, ...insertValues(write, now)) > 0) inserted.add(write.gid);
    }
    return inserted;
  }

  insertBranches(rows: readonly BranchesOf<Branch>[], now: Instant): void {
    const time = sqliteTime(now);
    for (const { gid, branches } of rows) {
      for (let start = 0; start < branches.length; start += ROWS_PER_INSERT) {
        const chunk = branches.slice(start, start + ROWS_PER_INSERT);
        const values = chunk.flatMap(({ url, payload, branchId, op, status }) => [url, payload, branchId, op, status]);
        this.run(insertBranches(chunk.length), gid, time, ...values);
      }
    }
  }

  existingBranches(rows: readonly BranchesOf<Branch>[]): ReadonlySet<string> {
    const taken = rows.filter(({ gid, branches }) =>
      branches.some(({ branchId, op }) => this.get(EXISTING_BRANCH, gid, branchId, op) !== undefined),
    );
    return new Set(taken.map(({ gid }) => gid));
  }

  updateBranches(rows: readonly BranchesOf<BranchChange>[], now: Instant): void {
    const time = sqliteTime(now);
    for (const { gid, branches } of rows) {
      for (const { status, branchId, op } of branches) this.run(UPDATE_BRANCH, status, time, gid, branchId, op);
    }
  }

  updateGlobals(updates: readonly GlobalUpdate[], now: Instant): void {
    const time = sqliteTime(now);
    for (const update of updates) {
      const values = updateValues(update, time);
      if (update.schedule) this.run(UPDATE_SCHEDULED, ...values, ...scheduleValues(update.schedule));
      else this.run(UPDATE_KEPT, ...values);
    }
  }

  load(gids: readonly string[], now: Instant): LeasedTransaction[] {
    return this.read(gids).map((rows) => leasedTransaction(rows, now));
  }

  /** @returns whole transactions, in the order of the gids; unknown ones are left out. */
  private read(gids: readonly string[]): TransactionWithBranches[] {
    return gids.flatMap((gid) => {
      const row = this.get<GlobalColumns>(LOAD_GLOBAL, gid);
      if (!row) return [];
      const branches = this.all<BranchColumns>(LOAD_BRANCHES, gid).map(branchOf);
      return { transaction: transactionOf(row), branches };
    });
  }

  /** @returns how many rows changed. */
  run(sql: string, ...parameters: SqliteValue[]): number {
    return Number(this.statement(sql).run(...parameters).changes);
  }

  get<Row>(sql: string, ...parameters: SqliteValue[]): Row | undefined {
    return this.statement(sql).get(...parameters) as Row | undefined;
  }

  all<Row>(sql: string, ...parameters: SqliteValue[]): Row[] {
    return this.statement(sql).all(...parameters) as Row[];
  }

  private statement(sql: string): SqliteStatement {
    let statement = this.prepared.get(sql);
    if (!statement) this.prepared.set(sql, (statement = this.database.prepare(sql)));
    return statement;
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
  ];
}

function updateValues(update: GlobalUpdate, time: string): SqliteValue[] {
  return [
    time,
    update.epoch,
    update.status ?? null,
    update.rollbackReason ?? null,
    update.options ?? null,
    update.customData ?? null,
    update.branchCount ?? null,
    timeOrNull(update.finishTime),
    timeOrNull(update.rollbackTime),
    update.gid,
  ];
}

function scheduleValues(schedule: NonNullable<GlobalUpdate['schedule']>): SqliteValue[] {
  const { owner, leaseUntil, nextCronTime, intervalMs, attempts, lastError } = schedule;
  return [
    owner,
    timeOrNull(leaseUntil),
    timeOrNull(nextCronTime),
    intervalMs === undefined ? null : Math.round(intervalMs / 1000),
    attempts ?? null,
    lastError ?? null,
  ];
}
