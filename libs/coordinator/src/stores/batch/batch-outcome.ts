import type { Write, WriteResult } from '../writes';
import type { BatchStatements } from './batch-statements';
import { runBatch } from './run-batch';

/** What became of one write of a batch. */
export type BatchOutcome =
  { readonly ok: true; readonly result: WriteResult } | { readonly ok: false; readonly error: unknown };

/** How often a batch that lost a deadlock or a serialization conflict is repeated as a whole. */
const TRANSIENT_ATTEMPTS = 5;

/**
 * Runs a batch so that one poisoned write never fails its neighbours: transient conflicts repeat the whole batch, any
 * other failure repeats its writes one by one.
 *
 * @param isTransient whether the engine asks to try the same again (deadlock, serialization, certification)
 */
export async function runIsolated(
  statements: BatchStatements,
  writes: readonly Write[],
  isTransient: (error: unknown) => boolean,
): Promise<BatchOutcome[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await runBatch(statements, writes)).map((result) => ({ ok: true, result }));
    } catch (error) {
      if (isTransient(error) && attempt < TRANSIENT_ATTEMPTS) continue;
      if (writes.length === 1) return [{ ok: false, error }];
      return oneByOne(statements, writes, isTransient);
    }
  }
}

async function oneByOne(
  statements: BatchStatements,
  writes: readonly Write[],
  isTransient: (error: unknown) => boolean,
): Promise<BatchOutcome[]> {
  const outcomes: BatchOutcome[] = [];
  for (const write of writes) outcomes.push(...(await runIsolated(statements, [write], isTransient)));
  return outcomes;
}
