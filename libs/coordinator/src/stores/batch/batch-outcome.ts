import { setTimeout } from 'node:timers/promises';
import type { Write, WriteResult } from '../writes';
import type { BatchStatements } from './batch-statements';
import { foresee, foreseenResults } from './foreseen';
import { CommitError, runBatch, type BatchCircumstances } from './run-batch';

/** What became of one write of a batch. */
export type BatchOutcome =
  | { readonly ok: true; readonly result: WriteResult }
  | {
      readonly ok: false;
      readonly error: unknown;
      /** The connection was lost during the commit: whether the write took effect has to be read back. */
      readonly isUnknown?: true;
    };

/** How often what lost a deadlock or a serialization conflict is carried out, the first time included. */
export const TRANSIENT_ATTEMPTS = 5;

/**
 * What an error of the engine means for a batch.
 * - `transient`: it asks to try the same again (deadlock, serialization, certification);
 * - `locked`: somebody keeps a row locked for longer than the engine waits: writes to other rows are not concerned;
 * - `outage`: it cannot write at all (locked, full, unreachable): each write alone would wait for the same failure;
 * - `write`: one of the writes is to blame.
 */
export type BatchErrorKind = 'transient' | 'locked' | 'outage' | 'write';

/** How a batch is run. */
export interface BatchRun extends BatchCircumstances {
  /** What an error of the engine means. */
  readonly kindOf: (error: unknown) => BatchErrorKind;
}

/** Longest pause before the first repetition. Milliseconds. */
const PAUSE_MS = 10;

/** Lets two parties that got into conflict not meet again. @param attempt that failed, counted from 1 */
export function pauseAfter(attempt: number): Promise<void> {
  return setTimeout(Math.random() * PAUSE_MS * attempt);
}

/**
 * Runs a batch so that one poisoned write never fails its neighbours: transient conflicts repeat the whole batch, an outage
 * fails it, any other failure repeats its writes one by one.
 */
export async function runIsolated(
  statements: BatchStatements,
  writes: readonly Write[],
  run: BatchRun,
): Promise<BatchOutcome[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await runOnce(statements, writes, run)).map((result) => ({ ok: true, result }));
    } catch (failure) {
      const duringCommit = failure instanceof CommitError;
      const error = duringCommit ? failure.cause : failure;
      const kind = run.kindOf(error);
      if (kind === 'transient' && attempt < TRANSIENT_ATTEMPTS) {
        await pauseAfter(attempt);
        continue;
      }
      if (kind === 'outage' && duringCommit) return writes.map(() => ({ ok: false, error, isUnknown: true }));
      if (kind === 'outage' || writes.length === 1) return writes.map(() => ({ ok: false, error }));
      return oneByOne(statements, writes, run);
    }
  }
}

/** As foreseen if that is possible, or with a look at every row before it is written. */
async function runOnce(statements: BatchStatements, writes: readonly Write[], run: BatchRun): Promise<WriteResult[]> {
  const foreseen = statements.carryOut && !run.isRepeated ? foresee(writes) : undefined;
  const now = foreseen && (await statements.carryOut?.(foreseen));
  return now === undefined ? runBatch(statements, writes, run) : foreseenResults(writes, now);
}

async function oneByOne(statements: BatchStatements, writes: readonly Write[], run: BatchRun): Promise<BatchOutcome[]> {
  const outcomes: BatchOutcome[] = [];
  for (const write of writes) outcomes.push(...(await runIsolated(statements, [write], run)));
  return outcomes;
}
