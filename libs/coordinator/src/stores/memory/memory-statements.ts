import type { Branch, BranchChange, Instant } from '@nestjs-dtx/engine';
import { optionsToJson } from '@nestjs-dtx/protocol';
import type { BatchGids, BatchStatements, BranchesOf, Opened } from '../batch/batch-statements';
import type { GlobalUpdate, LockedRow } from '../batch/fence';
import { FIRST_EPOCH } from '../batch/run-batch';
import { firstSchedule } from '../batch/updates';
import type { LeasedTransaction } from '../records';
import { leasedTransaction } from '../snapshot';
import type { InsertWrite } from '../writes';
import type { BranchRow, GlobalRow, MemoryTables } from './memory-tables';

/** The batch statements on maps. A batch runs without yielding to another one, so there is nothing to lock. */
export class MemoryStatements implements BatchStatements {
  /** What the rows of this batch were before it touched them. */
  private readonly before = new Map<string, Rows>();

  constructor(
    private readonly tables: MemoryTables,
    private readonly now: () => Instant,
  ) {}

  begin(): Instant {
    this.before.clear();
    return this.now();
  }

  open({ existing }: BatchGids): Opened {
    const now = this.begin();
    return { now, rows: this.lock(existing) };
  }

  commit(): void {}

  rollback(): void {
    for (const [gid, { transaction, branches }] of this.before) {
      if (transaction) this.tables.globals.set(gid, transaction);
      else this.tables.globals.delete(gid);
      if (branches) this.tables.branches.set(gid, branches);
      else this.tables.branches.delete(gid);
    }
  }

  lock(gids: readonly string[]): LockedRow[] {
    return gids.flatMap((gid) => this.tables.globals.get(gid) ?? []).map((row) => ({ ...row }));
  }

  insertGlobals(writes: readonly InsertWrite[], now: Instant): ReadonlySet<string> {
    const free = writes.filter((write) => !this.tables.globals.has(write.gid));
    for (const write of free) {
      this.remember(write.gid);
      this.tables.globals.set(write.gid, newRow(write, this.tables.nextId(), now));
    }
    return new Set(free.map((write) => write.gid));
  }

  insertBranches(rows: readonly BranchesOf<Branch>[], now: Instant): void {
    for (const { gid, branches } of rows) {
      this.remember(gid);
      this.tables.addBranches(gid, branches, now);
    }
  }

  existingBranches(rows: readonly BranchesOf<Branch>[]): ReadonlySet<string> {
    const taken = rows.filter(({ gid, branches }) =>
      this.tables.branches
        .get(gid)
        ?.some((row) => branches.some((branch) => branch.branchId === row.branchId && branch.op === row.op)),
    );
    return new Set(taken.map(({ gid }) => gid));
  }

  updateBranches(rows: readonly BranchesOf<BranchChange>[], now: Instant): void {
    for (const { gid, branches } of rows) {
      this.remember(gid);
      for (const change of branches) {
        const row = this.tables.branches
          .get(gid)
          ?.find(({ branchId, op }) => branchId === change.branchId && op === change.op);
        if (!row) continue;
        row.status = change.status;
        row.updateTime = now;
        if (change.status === 'succeed') row.finishTime = now;
        if (change.status === 'failed') row.rollbackTime = now;
      }
    }
  }

  updateGlobals(updates: readonly GlobalUpdate[], now: Instant): void {
    for (const update of updates) {
      this.remember(update.gid);
      const row = this.tables.globals.get(update.gid);
      if (!row) continue;
      const { schedule, ...values } = update;
      Object.assign(row, values, { updateTime: now });
      if (schedule) applySchedule(row, schedule);
    }
  }

  load(gids: readonly string[], now: Instant): LeasedTransaction[] {
    return gids.flatMap((gid) => {
      const transaction = this.tables.globals.get(gid);
      if (!transaction) return [];
      const branches = this.tables.branches.get(gid) ?? [];
      return leasedTransaction({ transaction, branches }, now);
    });
  }

  private remember(gid: string): void {
    if (this.before.has(gid)) return;
    const transaction = this.tables.globals.get(gid);
    const branches = this.tables.branches.get(gid);
    this.before.set(gid, {
      transaction: transaction && { ...transaction },
      branches: branches?.map((row) => ({ ...row })),
    });
  }
}

/** The rows of one transaction, as far as they exist. */
interface Rows {
  readonly transaction: GlobalRow | undefined;
  readonly branches: BranchRow[] | undefined;
}

function applySchedule(row: GlobalRow, schedule: NonNullable<GlobalUpdate['schedule']>): void {
  const { intervalMs, ...values } = schedule;
  Object.assign(row, values);
  if (intervalMs !== undefined) row.nextCronInterval = Math.round(intervalMs / 1000);
}

function newRow(write: InsertWrite, id: number, now: Instant): GlobalRow {
  const { transaction } = write;
  return {
    id,
    gid: write.gid,
    transType: transaction.transType,
    status: transaction.status,
    queryPrepared: transaction.queryPrepared,
    protocol: transaction.protocol,
    options: optionsToJson(transaction.options),
    customData: transaction.customData,
    businessKey: transaction.businessKey,
    result: '',
    rollbackReason: '',
    extData: '',
    createTime: now,
    updateTime: now,
    finishTime: null,
    rollbackTime: null,
    nextCronInterval: Math.round(write.intervalMs / 1000),
    epoch: FIRST_EPOCH,
    branchCount: transaction.branches.length,
    attempts: 0,
    lastError: '',
    ...firstSchedule(write, now),
  };
}
