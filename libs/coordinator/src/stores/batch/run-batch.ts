import type { Branch, BranchChange, Instant } from '@nestjs-dtx/engine';
import type { AdvanceWrite, AppendWrite, ChangeWrite, InsertWrite, Write, WriteResult } from '../writes';
import type { BatchGids, BatchStatements, BranchesOf, Opened } from './batch-statements';
import { fenceAdvance, fenceAppend, fenceChange, storedOf, type GlobalUpdate, type LockedRow } from './fence';
import { leftItsMark, recogniseApplied } from './recognise';
import { advanceUpdate, appendUpdate, changeUpdate } from './updates';

/** What the winners of a batch come to, by statement. */
interface Effects {
  readonly globals: GlobalUpdate[];
  readonly branchUpdates: BranchesOf<BranchChange>[];
  readonly branchInserts: BranchesOf<Branch>[];
  readonly load: string[];
}

/** The COMMIT itself failed. Whether it took effect is for the caller to find out if the connection was lost with it. */
export class CommitError extends Error {
  constructor(override readonly cause: unknown) {
    super('the commit failed', { cause });
  }
}

/** @see runBatch */
export interface BatchCircumstances {
  /** Whether the same writes may have been committed before: the connection was lost while the commit was under way. */
  readonly isRepeated: boolean;
}

/**
 * Carries out the writes in one database transaction: lock, decide each write on what was read, write the winners, commit.
 * At most one write per gid, which the batcher sees to.
 *
 * @returns one result per write, in order
 * @throws CommitError, or whatever another statement throws, after a rollback: then no write took effect
 */
export async function runBatch(
  statements: BatchStatements,
  writes: readonly Write[],
  circumstances: BatchCircumstances = { isRepeated: false },
): Promise<WriteResult[]> {
  let results: WriteResult[];
  let isOpen = false;
  try {
    const opened = await statements.open(gidsOf(statements, writes));
    isOpen = true;
    results = circumstances.isRepeated
      ? await executeRest(statements, writes, opened)
      : await execute(statements, writes, opened);
  } catch (error) {
    // Where even the beginning failed, that failure is the one to tell.
    await (isOpen ? statements.rollback() : rollbackIfPossible(statements));
    throw error;
  }
  try {
    await statements.commit();
  } catch (error) {
    await rollbackIfPossible(statements);
    throw new CommitError(error);
  }
  return results;
}

function gidsOf(statements: BatchStatements, writes: readonly Write[]): BatchGids {
  const existing: string[] = [];
  const fresh: string[] = [];
  for (const { kind, gid } of writes) {
    if (kind === 'insert') fresh.push(gid);
    else if (kind !== 'advance' || !statements.advance) existing.push(gid);
  }
  return { existing: existing.sort(), fresh };
}

/** On a connection that is gone there is nothing to roll back, and the failure of the commit is the one to tell. */
async function rollbackIfPossible(statements: BatchStatements): Promise<void> {
  try {
    await statements.rollback();
  } catch {
    // The connection is thrown away for the failure of the commit.
  }
}

/** Only what has not taken effect yet. */
async function executeRest(
  statements: BatchStatements,
  writes: readonly Write[],
  opened: Opened,
): Promise<WriteResult[]> {
  const applied = await recogniseApplied(statements, writes, opened.now);
  const rest = writes.filter((write) => !applied.has(write));
  const results = rest.length > 0 ? await execute(statements, rest, opened) : [];
  const byWrite = new Map<Write, WriteResult>([
    ...applied,
    ...rest.map((write, index) => [write, results[index]!] as const),
  ]);
  return writes.map((write) => byWrite.get(write)!);
}

async function execute(statements: BatchStatements, writes: readonly Write[], opened: Opened): Promise<WriteResult[]> {
  const { now } = opened;
  const results: WriteResult[] = [];
  const effects: Effects = { globals: [], branchUpdates: [], branchInserts: [], load: [] };
  const progress: Progress = { now, rows: byGid(opened.rows), results, effects };
  await advanceAtOnce(statements, writes, progress);
  await updateExisting(statements, writes, progress);
  await insertNew(statements, writes, progress);

  const { branchInserts, branchUpdates, globals, load } = effects;
  if (branchInserts.length > 0) await statements.insertBranches(branchInserts, now);
  if (branchUpdates.length > 0) await statements.updateBranches(branchUpdates, now);
  if (globals.length > 0) await statements.updateGlobals(globals, now);
  if (load.length > 0) await attachLoaded(statements, writes, progress);
  return results;
}

interface Progress {
  readonly now: Instant;
  /** What was found under lock. */
  readonly rows: Map<string, LockedRow>;
  readonly results: WriteResult[];
  readonly effects: Effects;
}

/** What the statements refuse is read under lock, and decided as on any other engine. */
async function advanceAtOnce(statements: BatchStatements, writes: readonly Write[], progress: Progress): Promise<void> {
  if (!statements.advance) return;
  const { now, rows, results } = progress;
  const refused: string[] = [];
  for (const [index, write] of writes.entries()) {
    if (write.kind !== 'advance') continue;
    if (statements.advance(write, now)) results[index] = { result: 'applied', now, epoch: write.epoch };
    else refused.push(write.gid);
  }
  if (refused.length > 0) for (const row of await statements.lock(refused)) rows.set(row.gid, row);
}

async function insertNew(statements: BatchStatements, writes: readonly Write[], progress: Progress): Promise<void> {
  const inserts = writes.filter((write): write is InsertWrite => write.kind === 'insert');
  if (inserts.length === 0) return;
  const taken = await insertGlobals(statements, inserts, progress);
  writes.forEach((write, index) => {
    if (write.kind !== 'insert') return;
    const row = taken.get(write.gid);
    // The mark of this write: an earlier try, whose commit was in doubt, ended while this one waited for the gid.
    if (row && leftItsMark(write, row)) {
      progress.results[index] = { result: 'applied', now: progress.now, epoch: row.epoch };
      return;
    }
    if (row) {
      progress.results[index] = { result: 'duplicate', stored: storedOf(row) };
      return;
    }
    progress.effects.branchInserts.push({ gid: write.gid, branches: write.transaction.branches });
    progress.results[index] = { result: 'applied', now: progress.now, epoch: FIRST_EPOCH };
  });
}

/** How often an insert is tried while the row that is in its way goes before it can be read. */
const INSERT_ATTEMPTS = 3;

/** @returns the rows that stand in the way; all other writes have inserted theirs */
async function insertGlobals(
  statements: BatchStatements,
  inserts: readonly InsertWrite[],
  { now, rows }: Progress,
): Promise<ReadonlyMap<string, LockedRow>> {
  const taken = new Map<string, LockedRow>();
  for (const { gid } of inserts) if (rows.has(gid)) taken.set(gid, rows.get(gid)!);
  let open = taken.size === 0 ? inserts : inserts.filter(({ gid }) => !taken.has(gid));
  for (let attempt = 0; attempt < INSERT_ATTEMPTS; attempt += 1) {
    if (open.length === 0) return taken;
    const inserted = await statements.insertGlobals(open, now);
    const refused = open.filter(({ gid }) => !inserted.has(gid));
    if (refused.length === 0) return taken;
    for (const row of await statements.lock(refused.map(({ gid }) => gid))) taken.set(row.gid, row);
    open = refused.filter(({ gid }) => !taken.has(gid));
  }
  if (open.length === 0) return taken;
  throw new Error(`the gid ${open[0]!.gid} can neither be inserted nor read`);
}

/** Epoch of a fresh row. A lease taken together with the insert is the first, so it carries this number too. */
export const FIRST_EPOCH = 1;

async function updateExisting(
  statements: BatchStatements,
  writes: readonly Write[],
  progress: Progress,
): Promise<void> {
  const { rows } = progress;
  const appends = writes.filter((write): write is AppendWrite => write.kind === 'append');
  const taken = appends.length > 0 ? await statements.existingBranches(appends) : undefined;
  writes.forEach((write, index) => {
    const row = rows.get(write.gid);
    if (write.kind === 'change') progress.results[index] = change(write, row, progress);
    if (write.kind === 'advance') progress.results[index] ??= advance(write, row, progress);
    if (write.kind === 'append') {
      progress.results[index] = append(write, taken?.has(write.gid) ?? false, row, progress);
    }
  });
}

function change(write: ChangeWrite, row: LockedRow | undefined, progress: Progress): WriteResult {
  const refused = fenceChange(write, row, progress.now);
  if (refused || !row) return refused ?? { result: 'stale' };
  const update = changeUpdate(write, row, progress.now);
  progress.effects.globals.push(update);
  if (write.lease) progress.effects.load.push(write.gid);
  return { result: 'applied', now: progress.now, epoch: update.epoch };
}

function advance(write: AdvanceWrite, row: LockedRow | undefined, progress: Progress): WriteResult {
  const refused = fenceAdvance(write, row);
  if (refused || !row) return refused ?? { result: 'stale' };
  const update = advanceUpdate(write, row, progress.now);
  if (update) progress.effects.globals.push(update);
  if (write.branches.length > 0) progress.effects.branchUpdates.push(write);
  return { result: 'applied', now: progress.now, epoch: row.epoch };
}

// oxlint-disable-next-line max-params -- `taken` is what the engine had to look up, the rest is the same as above
function append(write: AppendWrite, taken: boolean, row: LockedRow | undefined, progress: Progress): WriteResult {
  const refused = fenceAppend(write, row, progress.now);
  if (refused || !row) return refused ?? { result: 'stale' };
  if (taken) return { result: 'duplicate', stored: storedOf(row) };
  const update = appendUpdate(write, row, progress.now);
  progress.effects.globals.push(update);
  progress.effects.branchInserts.push(write);
  return { result: 'applied', now: progress.now, epoch: update.epoch };
}

/** A change that took the lease hands over the whole transaction, read inside the same database transaction. */
async function attachLoaded(statements: BatchStatements, writes: readonly Write[], progress: Progress): Promise<void> {
  const loaded = await statements.load(progress.effects.load, progress.now);
  const found = new Map(loaded.map((leased) => [leased.snapshot.gid, leased]));
  writes.forEach((write, index) => {
    const result = progress.results[index];
    const leased = found.get(write.gid);
    if (leased && result?.result === 'applied') progress.results[index] = { ...result, leased };
  });
}

function byGid(rows: readonly LockedRow[]): Map<string, LockedRow> {
  return new Map(rows.map((row) => [row.gid, row]));
}
