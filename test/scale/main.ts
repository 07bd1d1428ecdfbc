import { parseArgs } from 'node:util';
import type { Cleanup } from '../support/cleanup';
import { runCommand } from '../support/command';
import { DURABLE_ENGINES, type StoreEngine } from '../support/store-engine';
import { fillHistory } from './fill';
import { measureQueries } from './measure';
import { checkSeveralCoordinators } from './several-coordinators';
import { openStore } from './store';

/** What one page, and every other look-up, may take. Milliseconds. */
const LIMIT_MS = 20;
const SLOWEST_SHOWN = 8;

/**
 * `npm run test:scale [-- --rows=1000000] [--store=sqlite]`: looks things up in a store with a long history, then lets three
 * coordinators share a database server while one of them is killed and one frozen.
 */
async function scale(cleanup: Cleanup): Promise<number> {
  const { values } = parseArgs({
    options: { rows: { type: 'string', default: '1000000' }, store: { type: 'string' } },
  });
  const engines = DURABLE_ENGINES.filter(({ name }) => values.store === undefined || values.store === name);
  let problems = engines.length === 0 ? 1 : 0;
  for (const engine of engines) problems += await checkEngine(engine, Number(values.rows), cleanup);
  console.log(problems === 0 ? `\nall within ${LIMIT_MS} ms` : `\n${problems} problems`);
  const allKept = values.store !== undefined || (await checkSeveralCoordinators(cleanup));
  return problems === 0 && allKept ? 0 : 1;
}

/** @returns how many operations were too slow; an engine that is missing counts as one */
async function checkEngine(engine: StoreEngine, rows: number, cleanup: Cleanup): Promise<number> {
  if (engine.missing !== undefined) {
    console.error(`${engine.name}: ${engine.missing}`);
    return 1;
  }
  const env = await engine.create(cleanup);
  const beganMs = performance.now();
  const times = await fillHistory(env, rows);
  console.log(
    `\n${engine.name}: ${rows} finished transactions in ${Math.round((performance.now() - beganMs) / 1000)} s`,
  );
  const store = await openStore(env);
  cleanup.add(() => store.close());
  const measured = await measureQueries(store, times, rows);
  const slow = measured.filter(({ medianMs }) => medianMs >= LIMIT_MS);
  const slowest = measured.toSorted((a, b) => b.medianMs - a.medianMs);
  for (const { name, medianMs, worstMs } of slow.length > SLOWEST_SHOWN ? slow : slowest.slice(0, SLOWEST_SHOWN)) {
    const verdict = medianMs >= LIMIT_MS ? 'SLOW' : '    ';
    console.log(`${verdict} ${medianMs.toFixed(1).padStart(8)} ms (worst ${worstMs.toFixed(1)})  ${name}`);
  }
  console.log(`${measured.length - slow.length} of ${measured.length} operations within ${LIMIT_MS} ms`);
  return slow.length;
}

void runCommand(scale);
