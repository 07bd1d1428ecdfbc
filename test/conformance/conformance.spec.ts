import { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { FixtureService } from '../support/fixture/fixture-service';
import { STORE_ENGINES, type StoreEngine } from '../support/store-engine';
import { NOT_APPLICABLE_YET } from './not-applicable-yet';
import { applies, type Row } from './row';
import { RowContext } from './row-context';
import { ROWS } from './rows';

const cleanup = new Cleanup();
const results = new Map<string, Promise<void>>();

// Rows spend their time waiting for due times, so all of them run side by side; each test then reports one.
beforeAll(async () => {
  const busi = await FixtureService.start();
  cleanup.add(() => busi.stop());
  await Promise.all(STORE_ENGINES.map((engine) => startRows(engine, busi)));
});

afterAll(async () => {
  await Promise.allSettled(results.values());
  await cleanup.run();
});

describe.each(STORE_ENGINES)('$name', (engine) => {
  test.each(rowsOf(engine).map((row) => [`${row.id} ${row.title}`, row] as const))('%s', async (_name, row) => {
    const result = results.get(keyOf(engine, row));
    expect(result).toBeDefined();
    await result;
  });
});

describe('the catalogue', () => {
  test('names every row once, as applicable or as not applicable yet', () => {
    const ids = [...ROWS.map(({ id }) => id), ...NOT_APPLICABLE_YET.flatMap((group) => group.ids)];
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });
});

/** Starts one coordinator and all rows of its engine. */
async function startRows(engine: StoreEngine, busi: FixtureService): Promise<void> {
  const coordinator = await startCoordinator(await engine.create(cleanup));
  cleanup.add(() => coordinator.stop());
  for (const row of rowsOf(engine)) {
    const result = row.run(new RowContext(row.id, { engine, coordinator, busi, cleanup }));
    results.set(keyOf(engine, row), result);
    // Awaited by its test; until then a failure must not count as unhandled.
    result.catch(() => {});
  }
}

function rowsOf(engine: StoreEngine): Row[] {
  return ROWS.filter((row) => applies(row, engine));
}

function keyOf(engine: StoreEngine, row: Row): string {
  return `${engine.name} ${row.id}`;
}
