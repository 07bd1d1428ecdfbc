import type { Branch, BranchChange, Instant } from '@nestjs-dtx/engine';
import type { BatchStatements, BranchesOf } from '../../../batch/batch-statements';
import type { GlobalUpdate, LockedRow } from '../../../batch/fence';
import { tokenOf } from '../../../batch/write-token';
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
} from '../rows';
import { chunksByWeight, chunksOf, MAX_LIST } from './chunks';
import * as sql from './mysql-sql';
import { branchesByStatus, branchRows, globalGroups, globalRow, timeOf, type Row } from './mysql-values';

/** Most characters of one statement: well below the smallest `max_allowed_packet` that is usual. */
const STATEMENT_WEIGHT = 512 * 1024;

/** The batch statements on one MariaDB or MySQL session: one statement a kind, with a row of values for each write. */
export class MysqlBatch implements BatchStatements {
  constructor(protected readonly session: Session) {}

  async begin(): Promise<Instant> {
    await this.session.change(sql.BEGIN);
    const [row] = await this.session.rows<{ now: number }>(sql.CLOCK);
    return Number(row!.now);
  }

  async commit(): Promise<void> {
    await this.session.change(sql.COMMIT);
  }

  async rollback(): Promise<void> {
    await this.session.change(sql.ROLLBACK);
  }

  async lock(gids: readonly string[]): Promise<readonly LockedRow[]> {
    const rows = await this.list<LockedColumns>(sql.LOCK, [...gids].sort());
    return rows.map(lockedRowOf);
  }

  async insertGlobals(writes: readonly InsertWrite[], now: Instant): Promise<ReadonlySet<string>> {
    const sorted = [...writes].sort((a, b) => (a.gid < b.gid ? -1 : 1));
    const made = await this.insert(
      sql.INSERT_GLOBALS,
      sorted.map((write) => globalRow(write, now)),
    );
    const gids = sorted.map(({ gid }) => gid);
    if (made === sorted.length) return new Set(gids);
    const rows = await this.list<{ gid: string; owner: string }>(sql.OWNERS, gids);
    const owners = new Map(rows.map(({ gid, owner }) => [gid, owner]));
    return new Set(sorted.filter((write) => owners.get(write.gid) === tokenOf(write)).map(({ gid }) => gid));
  }

  async insertBranches(rows: readonly BranchesOf<Branch>[], now: Instant): Promise<void> {
    await this.insert(
      sql.INSERT_BRANCHES,
      rows.flatMap((row) => branchRows(row, now)),
    );
  }

  async existingBranches(rows: readonly BranchesOf<Branch>[]): Promise<ReadonlySet<string>> {
    const found = await this.list<BranchKey>(
      sql.BRANCHES_OF,
      rows.map(({ gid }) => gid),
    );
    const keys = new Set(found.map(keyOf));
    const taken = rows.filter(({ gid, branches }) =>
      branches.some(({ branchId, op }) => keys.has(keyOf({ gid, branch_id: branchId, op }))),
    );
    return new Set(taken.map(({ gid }) => gid));
  }

  async updateBranches(rows: readonly BranchesOf<BranchChange>[], now: Instant): Promise<void> {
    const time = timeOf(now);
    for (const [status, branches] of branchesByStatus(rows)) {
      const times = [time, status === 'succeed' ? time : null, status === 'failed' ? time : null];
      for (const keys of chunksOf(branches, MAX_LIST)) {
        await this.session.change(sql.updateBranches(keys.length), [status, ...times, ...keys.flat()]);
      }
    }
  }

  async updateGlobals(updates: readonly GlobalUpdate[], now: Instant): Promise<void> {
    for (const { columns, values, gids } of globalGroups(updates, now)) {
      await this.session.change(sql.updateGlobals(columns), [...values, gids]);
    }
  }

  async load(gids: readonly string[], now: Instant): Promise<readonly LeasedTransaction[]> {
    const globals = await this.list<GlobalColumns>(sql.LOAD_GLOBALS, gids);
    const branches = await this.list<BranchColumns>(sql.LOAD_BRANCHES, gids);
    const found = new Map(
      globals.map((row) => [row.gid, { transaction: transactionOf(row), branches: [] as BranchRecord[] }]),
    );
    for (const branch of branches) found.get(branch.gid)?.branches.push(branchOf(branch));
    return gids.flatMap((gid) => found.get(gid) ?? []).map((rows) => leasedTransaction(rows, now));
  }

  /** @returns the rows of a statement with one list, which may have to be asked for in parts */
  protected async list<T>(text: string, list: readonly string[]): Promise<readonly T[]> {
    if (list.length <= MAX_LIST) return list.length === 0 ? [] : this.session.rows<T>(text, [list]);
    const rows: T[] = [];
    for (const chunk of chunksOf(list, MAX_LIST)) rows.push(...(await this.session.rows<T>(text, [chunk])));
    return rows;
  }

  /** @returns how many rows were made */
  private async insert(text: string, rows: readonly Row[]): Promise<number> {
    let made = 0;
    for (const chunk of chunksByWeight(rows, STATEMENT_WEIGHT, weightOf)) {
      made += await this.session.change(text, [chunk]);
    }
    return made;
  }
}

interface BranchKey {
  readonly gid: string;
  readonly branch_id: string;
  readonly op: string;
}

const keyOf = ({ gid, branch_id, op }: BranchKey): string => JSON.stringify([gid, branch_id, op]);

/** About as many characters as the row takes inside a statement; bytes are written as two. */
function weightOf(row: Row): number {
  return row.reduce<number>((sum, value) => {
    if (typeof value === 'string') return sum + value.length + 3;
    return sum + (Buffer.isBuffer(value) ? 2 * value.length : 0) + 26;
  }, 0);
}
