import { runSeveralCoordinators } from '../chaos/several-coordinators';
import type { Cleanup } from '../support/cleanup';
import { SHARED_ENGINES } from '../support/store-engine';

const PLAN = { sagas: 2000, clients: 64 };

/**
 * Ten times the run of `test/chaos/several-coordinators.spec.ts`, on every database server that is there.
 *
 * @returns whether every promise was kept
 */
export async function checkSeveralCoordinators(cleanup: Cleanup): Promise<boolean> {
  let allKept = true;
  for (const engine of SHARED_ENGINES) {
    if (engine.missing !== undefined) {
      console.warn(`SKIPPED: ${engine.missing}`);
      continue;
    }
    const startedAt = performance.now();
    const { problems, sagas, takeovers, repeatedCalls, recoveryMs } = await runSeveralCoordinators(
      cleanup,
      engine,
      PLAN,
    );
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(
      `${engine.name}: 3 coordinators, one killed, one frozen: ${sagas} sagas in ${seconds} s, ${takeovers} taken over ` +
        `(those of the killed one after ${recoveryMs} ms), ${repeatedCalls} calls repeated`,
    );
    for (const problem of problems) console.error(`  ${problem}`);
    allKept &&= problems.length === 0;
  }
  return allKept;
}
