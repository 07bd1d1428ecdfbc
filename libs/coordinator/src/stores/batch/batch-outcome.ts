import type { Write, WriteResult } from '../writes';
import type { BatchStatements } from './batch-statements';
import { runBatch } from './run-batch';

/** What became of one write of a batch. */
export type BatchOutcome =
  { readonly ok: true; readonly result: WriteResult } | { readonly ok: false; readonly error: unknown };

/** How often a batch that lost a deadlock or a serialization conflict is repeated as a whole. */
const TRANSIENT_ATTEMPTS = 5;

/**
 * What an error of the engine means for a batch.
 * - `transient`: it asks to try the same again (deadlock, serialization, certification);
 * - `outage`: it cannot write at all (locked, full, unreachable): each write alone would wait for the same failure;
 * - `write`: one of the writes is to blame.
 */
export type BatchErrorKind = 'transient' | 'outage' | 'write';

/**
 * Runs a batch so that one poisoned write never fails its neighbours: transient conflicts repeat the whole batch, an outage
 * fails it, any other failure repeats its writes one by one.
 */
export async function runIsolated(
  statements: BatchStatements,
  writes: readonly Write[],
  kindOf: (error: unknown) => BatchErrorKind,
): Promise<BatchOutcome[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await runBatch(statements, writes)).map((result) => ({ ok: true, result }));
    } catch (error) {
      const kind = kindOf(error);
      if (kind === 'transient' && attempt < TRANSIENT_ATTEMPTS) continue;
      if (kind === 'outage' || writes.length === 1) return writes.map(() => ({ ok: false, error }));
      return oneByOne(statements, writes, kindOf);
    }
  }
}

async function oneByOne(
  statements: BatchStatements,
  writes: readonly Write[],
  kindOf: (error: unknown) => BatchErrorKind,
): Promise<BatchOutcome[]> {
  const outcomes: BatchOutcome[] = [];
  for (const write of writes) outcomes.push(...(await runIsolated(statements, [write], kindOf)));
  return outcomes;
}
