import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { FixtureService } from '../support/fixture/fixture-service';
import type { ServerProcess } from '../support/server-process';
import { STORE_ENGINES, type StoreEngine } from '../support/store-engine';
import { CATALOGUE } from './catalogue';
import { NOT_APPLICABLE_YET } from './not-applicable-yet';
import { Participants } from '../support/participant/participants';
import { applies, type Row } from './row';
import { RowContext } from './row-context';
import { ROWS } from './rows';
import { startInTurn } from './start-in-turn';

const cleanup = new Cleanup();
const participants = new Participants(cleanup);
const results = new Map<string, Promise<void>>();

/** Engines whose rows run at the same time: more would keep two processors so busy that calls come too late. */
const ENGINES_AT_A_TIME = 1;

/** A row waits for its turn, for its coordinator, and then for several due times. Milliseconds. */
const ROW_TIMEOUT_MS = 300_000;

// Rows spend their time waiting for due times, so those of an engine run side by side; each test then reports one.
beforeAll(async () => {
  const busi = await FixtureService.start();
  cleanup.add(() => busi.stop());
  const available = STORE_ENGINES.filter(({ missing }) => missing === undefined);
  let before: Promise<unknown> = Promise.resolve();
  for (let first = 0; first < available.length; first += ENGINES_AT_A_TIME) {
    before = startRows(available.slice(first, first + ENGINES_AT_A_TIME), busi, before);
  }
});

afterAll(async () => {
  await Promise.allSettled(results.values());
  await cleanup.run();
});

describeEngines(STORE_ENGINES, (engine) => {
  const rows = rowsOf(engine).map((row) => [`${row.id} ${row.title}`, row] as const);
  test.each(rows)(
    '%s',
    async (_name, row) => {
      const result = results.get(keyOf(engine, row));
      expect(result).toBeDefined();
      await result;
    },
    ROW_TIMEOUT_MS,
  );
});

describe('the catalogue', () => {
  test('has every row once, as applicable or as not applicable yet', () => {
    const ids = [...ROWS.map(({ id }) => id), ...NOT_APPLICABLE_YET.flatMap((group) => group.ids)];
    expect(ids.sort()).toEqual([...CATALOGUE].sort());
  });
});

/**
 * Starts all rows of some engines when their coordinators are up, as a start would disturb them.
 *
 * @param before what has to be over first
 * @returns when all rows have ended
 */
function startRows(engines: readonly StoreEngine[], busi: FixtureService, before: Promise<unknown>): Promise<unknown> {
  const started = before.then(() => Promise.allSettled(engines.map((engine) => startShared(engine, busi))));
  const runs = engines.flatMap((engine, index) =>
    rowsOf(engine).map((row) => {
      const run = started.then((outcomes) => row.run(contextOf(row, engine, busi, outcomes[index]!)));
      results.set(keyOf(engine, row), run);
      return run;
    }),
  );
  // Each is awaited by its test as well, which reports what it came to.
  return Promise.allSettled(runs);
}

/** Starts the coordinator that the rows of an engine share. */
async function startShared(engine: StoreEngine, busi: FixtureService): Promise<ServerProcess> {
  const coordinator = await startInTurn({ ...(await engine.create(cleanup)), ALERT_WEB_HOOK: busi.alertUrl });
  cleanup.add(() => coordinator.stop());
  return coordinator;
}

/** @throws what kept the coordinator from coming up */
function contextOf(
  row: Row,
  engine: StoreEngine,
  busi: FixtureService,
  started: PromiseSettledResult<ServerProcess>,
): RowContext {
  if (started.status === 'rejected') throw started.reason;
  return new RowContext(row.id, { engine, coordinator: started.value, busi, participants, cleanup });
}

function rowsOf(engine: StoreEngine): Row[] {
  return ROWS.filter((row) => applies(row, engine));
}

function keyOf(engine: StoreEngine, row: Row): string {
  return `${engine.name} ${row.id}`;
}
