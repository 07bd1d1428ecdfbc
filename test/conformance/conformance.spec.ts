import { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { FixtureService } from '../support/fixture/fixture-service';
import { STORE_ENGINES } from '../support/store-engine';
import { NOT_APPLICABLE_YET } from './not-applicable-yet';
import { applies, type Row } from './row';
import { RowContext } from './row-context';
import { ROWS } from './rows';

describe.each(STORE_ENGINES)('$name', (engine) => {
  const rows = ROWS.filter((row) => applies(row, engine));
  const results = new Map<Row, Promise<unknown>>();
  const cleanup = new Cleanup();

  // Rows spend their time waiting for due times, so all of them run side by side; each test then reports one.
  beforeAll(async () => {
    const busi = await FixtureService.start();
    cleanup.add(() => busi.stop());
    const coordinator = await startCoordinator(await engine.create(cleanup));
    cleanup.add(() => coordinator.stop());
    for (const row of rows) {
      const result = row.run(new RowContext(row.id, { engine, coordinator, busi, cleanup }));
      results.set(row, result);
      // Awaited by its test; until then a failure must not count as unhandled.
      result.catch(() => {});
    }
  });

  afterAll(async () => {
    await Promise.allSettled(results.values());
    await cleanup.run();
  });

  test.each(rows.map((row) => [`${row.id} ${row.title}`, row] as const))('%s', async (_name, row) => {
    expect(results.has(row)).toBe(true);
    await results.get(row);
  });
});

describe('the catalogue', () => {
  test('names every row once, as applicable or as not applicable yet', () => {
    const ids = [...ROWS.map(({ id }) => id), ...NOT_APPLICABLE_YET.flatMap((group) => group.ids)];
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });
});
