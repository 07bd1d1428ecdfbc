import { Cleanup } from '../support/cleanup';
import { launchCoordinator, startCoordinator } from '../support/coordinator';
import { CoordinatorApi } from '../support/coordinator-api';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { FixtureService } from '../support/fixture/fixture-service';
import { ended } from '../support/saga-state';
import type { ServerName } from '../support/servers';
import { DURABLE_ENGINES, SHARED_ENGINES, storeEnvironment } from '../support/store-engine';
import { until } from '../support/until';
import { DtmDatabase } from './fixture/dtm-database';
import { migrate } from './fixture/migrate';

/** What a coordinator makes of the transactions that dtm left unfinished: their end, and the calls that lead there. */
const ENDS: Readonly<Record<string, { readonly status: string; readonly rows: string; readonly calls: string[] }>> = {
  'saga-submitted-Gid': { status: 'succeed', rows: 'P S P S', calls: ['02 action'] },
  'saga-aborting-Gid': { status: 'failed', rows: 'S S S F', calls: ['02 compensate', '01 compensate'] },
  'tcc-prepared-Gid': { status: 'failed', rows: 'S P S P', calls: ['02 cancel', '01 cancel'] },
  'tcc-submitted-Gid': { status: 'succeed', rows: 'P S P S', calls: ['02 confirm', '01 confirm'] },
  'tcc-aborting-Gid': { status: 'failed', rows: 'S P S P', calls: ['02 cancel', '01 cancel'] },
  'xa-prepared-Gid': { status: 'failed', rows: 'S P S P', calls: ['01 rollback', '02 rollback'] },
  'xa-submitted-Gid': { status: 'succeed', rows: 'P S P S', calls: ['01 commit', '02 commit'] },
  'xa-aborting-Gid': { status: 'failed', rows: 'S P S P', calls: ['01 rollback', '02 rollback'] },
  'msg-prepared-Gid': { status: 'succeed', rows: 'S S', calls: ['00 msg', '01 action', '02 action'] },
  'msg-submitted-Gid': { status: 'succeed', rows: 'S S', calls: ['02 action'] },
};

describeEngines(SHARED_ENGINES, ({ name }) => {
  const engine = name as ServerName;

  describe('a coordinator on a database of dtm that was taken over', () => {
    const cleanup = new Cleanup();
    let busi: FixtureService;
    let api: CoordinatorApi;
    let database: DtmDatabase;

    beforeAll(async () => {
      busi = await FixtureService.start();
      cleanup.add(() => busi.stop());
      database = await DtmDatabase.create(cleanup, engine, { service: busi.url });
      await migrate(database);
      // Rows of dtm that ended years ago are to be looked at, not to be cleared away.
      const off = { STORE_AUTO_MIGRATE: 'off', RETENTION_FINISHED: '0' };
      const coordinator = await startCoordinator({ ...storeEnvironment(database.address), ...off });
      cleanup.add(() => coordinator.stop());
      api = new CoordinatorApi(coordinator.url);
    });

    afterAll(() => cleanup.run());

    it.each(Object.entries(ENDS))('brings %s to its end, from where dtm stopped', async (gid, { calls, ...end }) => {
      expect(await ended(api, gid)).toMatchObject(end);
      expect(busi.calls(gid).map(({ branchId, op }) => `${branchId} ${op}`)).toEqual(calls);
    });

    it('hands over payloads and reasons as dtm has stored them', async () => {
      expect(String(busi.calls('saga-submitted-Gid')[0]?.body)).toBe('{"step":1,"text":"Überweisung ✓"}');
      expect(await ended(api, 'saga-aborting-Gid')).toMatchObject({ reason: 'Insufficient balance' });
    });

    it('shows every transaction, and leaves those alone that have ended or wait for their client', async () => {
      // All that were due have been looked at once the others are done, as they are claimed in one go.
      await until('what was due has been visited', async () => {
        const rows = await database.query(
          'SELECT COUNT(*) AS n FROM trans_global WHERE next_cron_time IS NOT NULL AND epoch = 1',
        );
        return Number(rows[0]?.['n']) === 0;
      });
      const { transactions } = await api.all({ limit: 100 });
      expect(transactions?.map(({ gid }) => gid)).toEqual(database.transactions.map(({ gid }) => gid).toReversed());
      const left = database.transactions.filter(({ gid }) => !(gid in ENDS));
      for (const { gid, status, branches, created } of left) {
        const { transaction, branches: found } = await api.query(gid);
        expect(transaction).toMatchObject({ gid, status });
        expect(Date.parse(transaction?.create_time ?? '')).toBe(Date.parse(created.utc));
        expect(found.map((branch) => branch.status)).toEqual(branches.map((branch) => branch.status));
        expect(busi.calls(gid)).toEqual([]);
      }
    });
  });

  it('a coordinator does not take dtm over by itself, and says what to run', async () => {
    const cleanup = new Cleanup();
    const database = await DtmDatabase.create(cleanup, engine);
    for (const STORE_AUTO_MIGRATE of ['on', 'off']) {
      const refused = launchCoordinator({ ...storeEnvironment(database.address), STORE_AUTO_MIGRATE });
      expect((await refused.exited).code).toBe(1);
      expect(refused.output).toMatch(
        /^coordinator: DTX_STORE_SCHEMA_OLD: the database holds the tables of dtm: .* stop dtm and run `coordinator migrate`/,
      );
    }
    expect(await database.rows('trans_global')).toHaveLength(25);
    await cleanup.run();
  });
});

describeEngines(DURABLE_ENGINES, (engine) => {
  it('a coordinator that may not migrate refuses an empty store, and says what to run', async () => {
    const cleanup = new Cleanup();
    const env = { ...(await engine.create(cleanup)), STORE_AUTO_MIGRATE: 'off' };
    const refused = launchCoordinator(env);
    expect((await refused.exited).code).toBe(1);
    expect(refused.output).toBe(
      'coordinator: DTX_STORE_SCHEMA_OLD: the database is empty: run `coordinator migrate`, or set STORE_AUTO_MIGRATE=on\n',
    );
    await cleanup.run();
  });
});
