import type { Instant } from '@nestjs-dtx/engine';
import type { ForeseenBatch } from '../../../batch/batch-statements';
import type { GlobalUpdate } from '../../../batch/fence';
import { BATCH_TIME } from '../../../batch/foreseen';
import { CommitError, FIRST_EPOCH } from '../../../batch/run-batch';
import type { Session } from '../dialect';
import { isRolledBack } from './postgres-errors';
import { fly, type BoundStatement, type NamedStatement } from './postgres-flight';
import * as sql from './postgres-foreseen-sql';
import { parameterOf } from './postgres-parameters';
import { branchChangeColumns, branchColumns, globalColumns, globalUpdateColumns, secondsOf } from './postgres-values';
import type { PostgresClient } from './statement-settings';

/**
 * Most bytes of payloads that fly together. What the kernel does not take at once waits for us, and the server waits for
 * that with its locks held, however long we are frozen.
 */
const MOST_BYTES = 64 * 1024;

const named = (name: string, text: string): NamedStatement => ({ name: `dtx_foreseen_${name}`, text });

const HOLD = named('HOLD', sql.HOLD);
const INSERT_GLOBALS = named('INSERT_GLOBALS', sql.INSERT_GLOBALS);
const INSERT_BRANCHES = named('INSERT_BRANCHES', sql.INSERT_BRANCHES);
const UPDATE_BRANCHES = named('UPDATE_BRANCHES', sql.UPDATE_BRANCHES);
const UPDATE_GLOBALS = named('UPDATE_GLOBALS', sql.UPDATE_GLOBALS);
const END_GLOBALS = named('END_GLOBALS', sql.END_GLOBALS);
const ALL = [HOLD, INSERT_GLOBALS, INSERT_BRANCHES, UPDATE_BRANCHES, UPDATE_GLOBALS, END_GLOBALS];

/** What the guard of {@link sql.HOLD} fails with. */
const DIVISION_BY_ZERO = '22012';

/** @see BatchStatements.carryOut */
export async function carryOut(session: Session, batch: ForeseenBatch): Promise<Instant | undefined> {
  if (payloadBytes(batch) > MOST_BYTES) return undefined;
  const client = (await session.connection()) as PostgresClient;
  try {
    const [held] = await fly(client, statementsOf(batch), ALL);
    return Number(held![0]);
  } catch (error) {
    if (isUnforeseen(error)) return undefined;
    throw isRolledBack(error) ? error : new CommitError(error);
  }
}

/** A row that is no longer held, or a gid that somebody has taken. */
function isUnforeseen(error: unknown): boolean {
  const { code, constraint } = error as { readonly code?: unknown; readonly constraint?: unknown };
  return code === DIVISION_BY_ZERO || constraint === 'trans_global_gid';
}

function statementsOf({ held, inserts, branchUpdates, globals }: ForeseenBatch): BoundStatement[] {
  const bound = [bind(HOLD, [held.map(({ gid }) => gid), held.map(({ epoch }) => epoch)])];
  if (inserts.length > 0) {
    const branches = inserts.map(({ gid, transaction }) => ({ gid, branches: transaction.branches }));
    bound.push(bind(INSERT_GLOBALS, [BATCH_TIME, FIRST_EPOCH, ...globalColumns(inserts, BATCH_TIME)]));
    for (const columns of branchColumns(branches)) bound.push(bind(INSERT_BRANCHES, [BATCH_TIME, ...columns]));
  }
  if (branchUpdates.length > 0) bound.push(bind(UPDATE_BRANCHES, [BATCH_TIME, ...branchChangeColumns(branchUpdates)]));
  bound.push(...globalStatements(globals));
  return bound;
}

/** What has simply succeeded, after an interval that is the same for almost all, apart from the rest. */
function globalStatements(globals: readonly GlobalUpdate[]): BoundStatement[] {
  const plain: string[] = [];
  const others: GlobalUpdate[] = [];
  let interval: number | undefined;
  for (const update of globals) {
    const isPlain =
      hasSimplySucceeded(update) && update.schedule?.intervalMs === (interval ??= update.schedule?.intervalMs);
    if (isPlain) plain.push(update.gid);
    else others.push(update);
  }
  const bound: BoundStatement[] = [];
  if (plain.length > 0) bound.push(bind(END_GLOBALS, [plain, secondsOf(interval ?? 0)]));
  if (others.length > 0) bound.push(bind(UPDATE_GLOBALS, [BATCH_TIME, ...globalUpdateColumns(others)]));
  return bound;
}

/** Exactly what {@link sql.END_GLOBALS} writes. The epoch stays, as the batch holds the row at it. */
function hasSimplySucceeded(update: GlobalUpdate): boolean {
  const { status, schedule, finishTime } = update;
  if (status !== 'succeed' || finishTime !== BATCH_TIME || !schedule) return false;
  const { owner, leaseUntil, nextCronTime, intervalMs, attempts, lastError } = schedule;
  const isOver = owner === '' && leaseUntil === null && nextCronTime === null;
  return isOver && intervalMs !== undefined && attempts === 0 && lastError === '' && !hasMore(update);
}

/** Of what a runner's progress may write. */
function hasMore(update: GlobalUpdate): boolean {
  return MORE.some((field) => update[field] !== undefined);
}

const MORE = ['rollbackReason', 'rollbackTime', 'options', 'customData', 'result', 'branchCount'] as const;

function bind(statement: NamedStatement, values: readonly unknown[]): BoundStatement {
  return { statement, values: values.map(parameterOf) };
}

function payloadBytes({ inserts }: ForeseenBatch): number {
  let bytes = 0;
  for (const { transaction } of inserts) for (const { payload } of transaction.branches) bytes += payload.byteLength;
  return bytes;
}
