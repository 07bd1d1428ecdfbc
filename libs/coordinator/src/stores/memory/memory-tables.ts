import type { Branch, Instant } from '@nestjs-dtx/engine';
import type { KvRecord, TransactionRecord, BranchRecord } from '../records';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A global row; the store changes it in place, everybody else gets copies. */
export type GlobalRow = Mutable<TransactionRecord>;
export type BranchRow = Mutable<BranchRecord>;

/** The tables of the in-memory store. */
export class MemoryTables {
  readonly globals = new Map<string, GlobalRow>();
  readonly branches = new Map<string, BranchRow[]>();
  readonly kv = new Map<string, KvRecord>();
  private lastId = 0;

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  addBranches(gid: string, branches: readonly Branch[], now: Instant): void {
    const rows = this.branches.get(gid) ?? [];
    this.branches.set(gid, rows);
    for (const branch of branches) {
      if (rows.some(({ branchId, op }) => branchId === branch.branchId && op === branch.op)) {
        throw new Error(`branch ${branch.branchId} ${branch.op} exists already`);
      }
      rows.push({
        ...branch,
        id: this.nextId(),
        gid,
        createTime: now,
        updateTime: now,
        finishTime: null,
        rollbackTime: null,
      });
    }
  }
}
