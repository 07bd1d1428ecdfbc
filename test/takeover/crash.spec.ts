import { Cleanup } from '../support/cleanup';
import { launchCoordinator } from '../support/coordinator';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { ServerName } from '../support/servers';
import { SHARED_ENGINES, storeEnvironment } from '../support/store-engine';
import { until } from '../support/until';
import { DtmDatabase } from './fixture/dtm-database';
import { launch, migrate, schemaStatus } from './fixture/migrate';
import { MOMENTS } from './fixture/moments';

/** Enough for several parts at the pace that is shipped. */
const MANY = 20_000;

/** Many databases, or processes that watch dtm as long as they do in earnest. Milliseconds. */
const PATIENCE_MS = 120_000;

class Crash extends Error {}

describeEngines(SHARED_ENGINES, ({ name }) => {
  const engine = name as ServerName;
  const cleanup = new Cleanup();

  afterAll(() => cleanup.run());

  it(
    'a take-over that broke off before any of its steps is completed by the next one, with the same result',
    async () => {
      const steps: string[] = [];
      const undisturbed = await DtmDatabase.create(cleanup, engine);
      await migrate(undisturbed, { report: (step) => steps.push(step) });
      const expected = await undisturbed.taken();
      expect(new Set(steps).size).toBeGreaterThan(8);

      for (const index of steps.keys()) {
        const database = await DtmDatabase.create(cleanup, engine);
        let reported = 0;
        const report = (): void => {
          if (reported === index) throw new Crash();
          reported += 1;
        };
        await expect(migrate(database, { report })).rejects.toThrow(Crash);
        const begun = steps.slice(0, index + 1).includes('renaming the tables of dtm');
        expect((await schemaStatus(database)).takeOver).toMatch(begun ? /needed|under way/ : /needed/);
        await migrate(database);
        expect(await database.taken()).toEqual(expected);
      }
    },
    PATIENCE_MS,
  );

  it('one that goes on keeps the time zone with which it began', async () => {
    const database = await DtmDatabase.create(cleanup, engine);
    const report = (step: string, progress?: { readonly done: number }): void => {
      if (step === 'copying trans_global' && progress?.done === 20) throw new Crash();
    };
    await expect(migrate(database, { report })).rejects.toThrow(Crash);
    await expect(migrate(database, { sourceTimeZone: 'Asia/Tokyo' })).rejects.toMatchObject({
      code: 'DTX_TAKEOVER_REFUSED',
      message: expect.stringMatching(/^this take-over began with .*and has copied rows with it: go on with the same/),
    });
    await migrate(database, { sourceTimeZone: undefined });
    expect((await schemaStatus(database)).takeOver).toBe('none');
    const [row] = await database.query(`SELECT COUNT(*) AS rows_found, MIN(${database.iso('create_time')}) AS first
      FROM trans_global`);
    expect(row).toMatchObject({ first: MOMENTS[0]!.utc });
    expect(Number(row?.['rows_found'])).toBe(25);
  });

  it(
    'a command that was killed while it copied goes on where it was, and until then no coordinator starts',
    async () => {
      const database = await DtmDatabase.create(cleanup, engine);
      await database.multiply(MANY);
      const environment = storeEnvironment(database.address);

      const flags = database.zone === undefined ? [] : [`--source-time-zone=${database.zone}`];

      const killed = launch(environment, 'migrate', ...flags);
      await until('rows are copied', () => /copying trans_global: [1-9]\d* of/.test(killed.output), {
        everyMs: 1,
        withinMs: PATIENCE_MS / 2,
      });
      await killed.kill();
      expect((await schemaStatus(database)).takeOver).toBe('under way');

      const refused = launchCoordinator(environment);
      expect((await refused.exited).code).toBe(1);
      expect(refused.output).toMatch(/DTX_STORE_SCHEMA_OLD: the take-over .* has not ended: run `coordinator migrate`/);

      const completed = launch(environment, 'migrate', ...flags);
      expect([(await completed.exited).code, completed.output]).toEqual([0, expect.stringMatching(/up to date\n$/)]);
      const [first] = /copying trans_global: \d+ of/.exec(completed.output) ?? [];
      expect(first).not.toBe('copying trans_global: 0 of');
      const [row] = await database.query(`SELECT COUNT(*) AS all_rows, COUNT(DISTINCT gid) AS gids,
      SUM(CASE WHEN ${database.iso('create_time')} = '${MOMENTS[0]!.utc}' THEN 1 ELSE 0 END) AS right_rows
      FROM trans_global WHERE gid LIKE 'many-%'`);
      expect(Object.values(row ?? {}).map(Number)).toEqual([MANY, MANY, MANY]);
    },
    PATIENCE_MS,
  );
});
