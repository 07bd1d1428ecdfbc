import type { Branch, BranchChange, Instant } from '@nestjs-dtx/engine';
import type { BatchGids, BatchStatements, BranchesOf, ForeseenBatch, Opened } from '../../../batch/batch-statements';
import type { GlobalUpdate, LockedRow } from '../../../batch/fence';
import { CommitError } from '../../../batch/run-batch';
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
import { chunksOf, MAX_LIST } from './chunks';
import { isSessionLost, isUnforeseen, kindOf } from './mysql-errors';
import { foreseenText } from './mysql-foreseen';
import * as sql from './mysql-sql';
import { branchGroups, byName, branchRows, globalGroups, globalRow, timeColumnOf, timeOf } from './mysql-values';
import { PendingStatements } from './pending-statements';
import { checkSize, inStatements } from './statement-size';

/**
 * The batch statements on one MariaDB or MySQL session: one statement a kind, with a row of values for each write. A statement
 * whose result decides nothing waits for the commit, which carries it along. So a batch takes two round trips (begin and lock,
 * the rest with the commit) however many statements it has, and one if all of it can be foreseen.
 */
export class MysqlBatch implements BatchStatements {
  private readonly pending = new PendingStatements();
  /** Bytes of the largest statement that the server takes. */
  private mostBytes = 0;

  constructor(
    protected readonly session: Session,
    private readonly form: sql.BatchForm,
  ) {}

  /** Only with the server's limits known: a batch has looked at them before. */
  async carryOut(batch: ForeseenBatch): Promise<Instant | undefined> {
    const text = this.mostBytes === 0 ? undefined : foreseenText(batch, this.mostBytes);
    if (text === undefined) return undefined;
    try {
      const results = await queryAll(await this.session.connection(), this.form.textOf(text));
      const [clock] = results[this.form.clock] as readonly Clock[];
      return Number(clock!.now);
    } catch (error) {
      if (kindOf(error) === 'outage') throw new CommitError(error);
      await this.rollback();
      if (isUnforeseen(error)) return undefined;
      throw error;
    }
  }

  async begin(): Promise<Instant> {
    const { now } = await this.open({ existing: [], fresh: [] });
    return now;
  }

  async open({ existing, fresh }: BatchGids): Promise<Opened> {
    this.pending.clear();
    const [gids = [], ...more] = chunksOf([...existing, ...fresh].sort(), MAX_LIST);
    const begin = `${sql.BEGIN}; ${sql.CLOCK}`;
    const results =
      gids.length === 0
        ? await this.session.rows<readonly unknown[]>(begin)
        : await this.session.rows<readonly unknown[]>(`${begin}; ${sql.LOCK}`, [gids]);
    const [clock] = results[1] as readonly Clock[];
    this.mostBytes = Number(clock!.max_statement);
    const rows = ((results[2] ?? []) as readonly LockedColumns[]).map(lockedRowOf);
    for (const part of more) rows.push(...(await this.lock(part)));
    return { now: Number(clock!.now), rows };
  }

  /** A statement that fails keeps the server from those after it, the COMMIT included. */
  async commit(): Promise<void> {
    this.pending.add(sql.COMMIT, [], 0);
    await this.sendPending();
  }

  /** A session that is lost has been rolled back by the server, and what broke it is the error to tell. */
  async rollback(): Promise<void> {
    this.pending.clear();
    try {
      await this.session.change(sql.ROLLBACK);
    } catch (error) {
      if (!isSessionLost(error)) throw error;
    }
  }

  async lock(gids: readonly string[]): Promise<readonly LockedRow[]> {
    const rows = await this.list<LockedColumns>(sql.LOCK, [...gids].sort());
    return rows.map(lockedRowOf);
  }

  /** In gid order, as two batches that insert the same gids in different orders would wait for each other. */
  async insertGlobals(writes: readonly InsertWrite[], now: Instant): Promise<ReadonlySet<string>> {
    const sorted = [...writes].sort((a, b) => (a.gid < b.gid ? -1 : 1));
    const all = sorted.map((write) => globalRow(write, now));
    for (const part of inStatements(all, this.mostBytes)) await this.sendLater(sql.INSERT_GLOBALS, [part]);
    return new Set(sorted.map(({ gid }) => gid));
  }

  async insertBranches(rows: readonly BranchesOf<Branch>[], now: Instant): Promise<void> {
    const all = rows.flatMap((row) => branchRows(row, now));
    for (const part of inStatements(all, this.mostBytes)) await this.sendLater(sql.INSERT_BRANCHES, [part]);
  }

  async existingBranches(rows: readonly BranchesOf<Branch>[]): Promise<ReadonlySet<string>> {
    const gids = rows.map(({ gid }) => gid);
    const branchIds = new Set(rows.flatMap(({ branches }) => branches.map(({ branchId }) => branchId)));
    const found: BranchKey[] = [];
    for (const part of chunksOf(gids, MAX_LIST)) {
      found.push(...(await this.session.rows<BranchKey>(sql.EXISTING_BRANCHES, [part, [...branchIds]])));
    }
    const keys = new Set(found.map(keyOf));
    const taken = rows.filter(({ gid, branches }) =>
      branches.some(({ branchId, op }) => keys.has(keyOf({ gid, branch_id: branchId, op }))),
    );
    return new Set(taken.map(({ gid }) => gid));
  }

  async updateBranches(rows: readonly BranchesOf<BranchChange>[], now: Instant): Promise<void> {
    const time = timeOf(now);
    for (const { status, keys } of branchGroups(rows)) {
      const timeColumn = timeColumnOf(status);
      const values = [status, time, ...(timeColumn ? [time] : [])];
      for (const part of chunksOf(keys, MAX_LIST)) {
        const names = byName(part);
        await this.sendLater(sql.updateBranches(timeColumn, names.length), [...values, ...names.flat(1)]);
      }
    }
  }

  async updateGlobals(updates: readonly GlobalUpdate[], now: Instant): Promise<void> {
    for (const { columns, values, gids } of globalGroups(updates, now)) {
      for (const part of chunksOf(gids, MAX_LIST)) {
        await this.sendLater(sql.updateGlobals(columns), [...values, part]);
      }
    }
  }

  async load(gids: readonly string[], now: Instant): Promise<readonly LeasedTransaction[]> {
    await this.sendPending();
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

  /** @throws DtxError `DTX_BODY_TOO_LARGE` for values that no statement holds */
  private async sendLater(text: string, values: readonly unknown[]): Promise<void> {
    const bytes = checkSize(values, this.mostBytes);
    if (!this.pending.hasRoom(bytes, this.mostBytes)) await this.sendPending();
    this.pending.add(text, values, bytes);
  }

  private async sendPending(): Promise<void> {
    if (this.pending.isEmpty) return;
    const { text, values, count } = this.pending.take();
    await this.session.change(count === 1 ? text : this.form.textOf(text), values);
  }
}

/** What is needed of the driver's connection. */
interface Connection {
  query(text: string, done: (error: Error | null, results: readonly (readonly unknown[])[]) => void): void;
}

/** Past TypeORM, which takes the driver's promises: those write down where in the program they were made, each time. */
function queryAll(connection: unknown, text: string): Promise<readonly (readonly unknown[])[]> {
  return new Promise((resolve, reject) => {
    (connection as Connection).query(text, (error, results) => {
      if (error) reject(error);
      else resolve(results);
    });
  });
}

/** What the begin asks for. */
interface Clock {
  /** Milliseconds. */
  readonly now: number | string;
  readonly max_statement: number | string;
}

interface BranchKey {
  readonly gid: string;
  readonly branch_id: string;
  readonly op: string;
}

const keyOf = ({ gid, branch_id, op }: BranchKey): string => JSON.stringify([gid, branch_id, op]);
