import type { Branch, BranchChange, Instant } from '@nestjs-dtx/engine';
import type { BatchStatements, BranchesOf } from '../../../batch/batch-statements';
import type { GlobalUpdate, LockedRow } from '../../../batch/fence';
import type { BranchRecord, LeasedTransaction } from '../../../records';
import { leasedTransaction } from '../../../snapshot';
import type { InsertWrite } from '../../../writes';
import type { Session } from '../dialect';
import {
  branchOf,
  lockedRowOf,
  transactionOf,
  type BranchColumns,
  type GlobalColumns,
  type LockedColumns,
} from '../server-rows';
import { isDuplicateKey, isSessionLost } from './mysql-errors';
import * as sql from './mysql-sql';
import { branchChangeRows, branchRows, globalRow, globalUpdateRow, timeOf, type Row } from './mysql-values';
import { statementsOf } from './statement-size';

/** How often an insert is tried while rows come and go under it. */
const INSERT_ATTEMPTS = 5;
/** From 1000 on MariaDB makes a join of a list, and reads the whole table for it. */
const LIST_LENGTH = 900;

/** The batch statements on one session of MariaDB or MySQL. */
export class MysqlBatch implements BatchStatements {
  private mostBytes = 0;

  constructor(protected readonly session: Session) {}

  async begin(): Promise<Instant> {
    await this.session.change(sql.BEGIN);
    const [clock] = await this.session.rows<{ now: string; max_statement: string }>(sql.CLOCK);
    this.mostBytes = Number(clock!.max_statement);
    return Number(clock!.now);
  }

  async commit(): Promise<void> {
    await this.session.change(sql.COMMIT);
  }

  /** A session that is lost was rolled back by the server. */
  async rollback(): Promise<void> {
    try {
      await this.session.change(sql.ROLLBACK);
    } catch (error) {
      if (!isSessionLost(error)) throw error;
    }
  }

  async lock(gids: readonly string[]): Promise<readonly LockedRow[]> {
    return (await this.select<LockedColumns>(sql.LOCK, gids.toSorted())).map(lockedRowOf);
  }

  /**
   * One row that exists already fails the whole statement, which then has inserted nothing: the rows that exist are left out
   * and the rest is tried again. Duplicates are rare, so this costs less than asking first.
   */
  async insertGlobals(writes: readonly InsertWrite[], now: Instant): Promise<ReadonlySet<string>> {
    // In gid order, as two batches that insert the same gids in different orders would wait for each other.
    const rows = writes.map((write) => globalRow(write, now)).sort((a, b) => (gidOf(a) < gidOf(b) ? -1 : 1));
    const inserted = new Set<string>();
    for (const statement of statementsOf(rows, this.mostBytes)) {
      for (const row of await this.insertFree(statement)) inserted.add(gidOf(row));
    }
    return inserted;
  }

  async insertBranches(rows: readonly BranchesOf<Branch>[], now: Instant): Promise<void> {
    const branches = rows.flatMap((row) => branchRows(row, now));
    for (const statement of statementsOf(branches, this.mostBytes)) {
      await this.session.change(sql.INSERT_BRANCHES, [statement]);
    }
  }

  async existingBranches(rows: readonly BranchesOf<Branch>[]): Promise<ReadonlySet<string>> {
    const gids = rows.map(({ gid }) => gid);
    const branchIds = new Set(rows.flatMap(({ branches }) => branches.map(({ branchId }) => branchId)));
    const found = await this.session.rows<BranchKey>(sql.EXISTING_BRANCHES, [gids, [...branchIds]]);
    const keys = new Set(found.map(keyOf));
    const taken = rows.filter(({ gid, branches }) =>
      branches.some(({ branchId, op }) => keys.has(keyOf({ gid, branch_id: branchId, op }))),
    );
    return new Set(taken.map(({ gid }) => gid));
  }

  async updateBranches(rows: readonly BranchesOf<BranchChange>[], now: Instant): Promise<void> {
    const changes = rows.flatMap((row) => branchChangeRows(row, now));
    await this.update(sql.UPDATE_BRANCHES, changes, now);
  }

  async updateGlobals(updates: readonly GlobalUpdate[], now: Instant): Promise<void> {
    await this.update(sql.UPDATE_GLOBALS, updates.map(globalUpdateRow), now);
  }

  async load(gids: readonly string[], now: Instant): Promise<readonly LeasedTransaction[]> {
    const globals = await this.select<GlobalColumns>(sql.LOAD_GLOBALS, gids);
    const branches = await this.select<BranchColumns>(sql.LOAD_BRANCHES, gids);
    const rows = new Map(
      globals.map((row) => [row.gid, { transaction: transactionOf(row), branches: [] as BranchRecord[] }]),
    );
    for (const branch of branches) rows.get(branch.gid)?.branches.push(branchOf(branch));
    return gids.flatMap((gid) => rows.get(gid) ?? []).map((found) => leasedTransaction(found, now));
  }

  private async insertFree(rows: readonly Row[]): Promise<readonly Row[]> {
    let free = rows;
    for (let attempt = 1; free.length > 0; attempt += 1) {
      try {
        await this.session.change(sql.INSERT_GLOBALS, [free]);
        return free;
      } catch (error) {
        if (!isDuplicateKey(error) || attempt === INSERT_ATTEMPTS) throw error;
      }
      const taken = new Set((await this.lock(free.map(gidOf))).map(({ gid }) => gid));
      free = free.filter((row) => !taken.has(gidOf(row)));
    }
    return free;
  }

  private async update(statement: string, rows: readonly Row[], now: Instant): Promise<void> {
    for (const part of statementsOf(rows, this.mostBytes)) {
      await this.session.change(statement, [JSON.stringify(part), timeOf(now)]);
    }
  }

  private async select<Columns>(statement: string, gids: readonly string[]): Promise<readonly Columns[]> {
    const found: Columns[] = [];
    for (let start = 0; start < gids.length; start += LIST_LENGTH) {
      found.push(...(await this.session.rows<Columns>(statement, [gids.slice(start, start + LIST_LENGTH)])));
    }
    return found;
  }
}

interface BranchKey {
  readonly gid: string;
  readonly branch_id: string;
  readonly op: string;
}

const keyOf = ({ gid, branch_id, op }: BranchKey): string => JSON.stringify([gid, branch_id, op]);

const gidOf = (row: Row): string => row[0] as string;
