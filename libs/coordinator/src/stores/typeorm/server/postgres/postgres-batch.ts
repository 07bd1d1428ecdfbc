import type { Branch, BranchChange, Instant } from '@nestjs-dtx/engine';
import type { BatchGids, BatchStatements, BranchesOf, ForeseenBatch, Opened } from '../../../batch/batch-statements';
import type { GlobalUpdate, LockedRow } from '../../../batch/fence';
import { FIRST_EPOCH } from '../../../batch/run-batch';
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
import { carryOut } from './postgres-foreseen';
import * as sql from './postgres-sql';
import { branchChangeColumns, branchColumns, globalColumns, globalUpdateColumns } from './postgres-values';

/**
 * The batch statements on one PostgreSQL session. The connection is pipelined: a statement whose result decides nothing is
 * sent without waiting for the answer, and the commit collects the answers. So a batch takes two round trips (begin and lock,
 * the rest with the commit) however many statements it has, and one if all of it can be foreseen.
 */
export class PostgresBatch implements BatchStatements {
  /** Answers that the commit has to wait for. */
  private sent: Promise<unknown>[] = [];
  /** Between the begin and whatever ends it: a ROLLBACK outside is a warning in the server's log. */
  private isOpen = false;

  constructor(protected readonly session: Session) {}

  carryOut(batch: ForeseenBatch): Promise<Instant | undefined> {
    return carryOut(this.session, batch);
  }

  async begin(): Promise<Instant> {
    this.sent = [];
    this.isOpen = true;
    const [, rows] = await Promise.all([
      this.session.change(sql.BEGIN),
      this.session.rows<{ now: Instant }>(sql.CLOCK),
    ]);
    return rows[0]!.now;
  }

  async open({ existing, fresh }: BatchGids): Promise<Opened> {
    const gids = [...existing, ...fresh];
    const [now, rows] = await Promise.all([this.begin(), gids.length === 0 ? [] : this.lock(gids)]);
    return { now, rows };
  }

  /** After a statement that failed, the server turns the COMMIT into a rollback; the statement's own error is thrown. */
  async commit(): Promise<void> {
    this.isOpen = false;
    const answers = await Promise.allSettled([...this.sent, this.session.change(sql.COMMIT)]);
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async rollback(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    await this.session.change(sql.ROLLBACK);
  }

  async lock(gids: readonly string[]): Promise<readonly LockedRow[]> {
    return (await this.session.rows<LockedColumns>(sql.LOCK, [gids])).map(lockedRowOf);
  }

  insertGlobals(writes: readonly InsertWrite[], now: Instant): ReadonlySet<string> {
    this.send(sql.INSERT_GLOBALS, [now, FIRST_EPOCH, ...globalColumns(writes, now)]);
    return new Set(writes.map(({ gid }) => gid));
  }

  insertBranches(rows: readonly BranchesOf<Branch>[], now: Instant): void {
    for (const columns of branchColumns(rows)) this.send(sql.INSERT_BRANCHES, [now, ...columns]);
  }

  async existingBranches(rows: readonly BranchesOf<Branch>[]): Promise<ReadonlySet<string>> {
    const gids = rows.map(({ gid }) => gid);
    const branchIds = rows.flatMap(({ branches }) => branches.map(({ branchId }) => branchId));
    const found = await this.session.rows<BranchKey>(sql.EXISTING_BRANCHES, [gids, branchIds]);
    const keys = new Set(found.map(keyOf));
    const taken = rows.filter(({ gid, branches }) =>
      branches.some(({ branchId, op }) => keys.has(keyOf({ gid, branch_id: branchId, op }))),
    );
    return new Set(taken.map(({ gid }) => gid));
  }

  updateBranches(rows: readonly BranchesOf<BranchChange>[], now: Instant): void {
    this.send(sql.UPDATE_BRANCHES, [now, ...branchChangeColumns(rows)]);
  }

  updateGlobals(updates: readonly GlobalUpdate[], now: Instant): void {
    this.send(sql.UPDATE_GLOBALS, [now, ...globalUpdateColumns(updates)]);
  }

  async load(gids: readonly string[], now: Instant): Promise<readonly LeasedTransaction[]> {
    const [globals, branches] = await Promise.all([
      this.session.rows<GlobalColumns>(sql.LOAD_GLOBALS, [gids]),
      this.session.rows<BranchColumns>(sql.LOAD_BRANCHES, [gids]),
      // The error of a statement that failed before says more than that nothing can be read after it.
      ...this.sent,
    ]);
    const rows = new Map(
      globals.map((row) => [row.gid, { transaction: transactionOf(row), branches: [] as BranchRecord[] }]),
    );
    for (const branch of branches) rows.get(branch.gid)?.branches.push(branchOf(branch));
    return gids.flatMap((gid) => rows.get(gid) ?? []).map((found) => leasedTransaction(found, now));
  }

  private send(text: string, parameters: readonly unknown[]): void {
    const answer = this.session.change(text, parameters);
    // Whoever rolls back does not ask for it any more, and nobody else would handle its failure.
    answer.catch(() => {});
    this.sent.push(answer);
  }
}

interface BranchKey {
  readonly gid: string;
  readonly branch_id: string;
  readonly op: string;
}

const keyOf = ({ gid, branch_id, op }: BranchKey): string => JSON.stringify([gid, branch_id, op]);
