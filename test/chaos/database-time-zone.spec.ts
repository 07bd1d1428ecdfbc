import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { startServer, type ServerName } from '../support/servers';
import { storeEnvironment } from '../support/store-engine';
import { Cluster, LEASE_MS } from './cluster';
import { PRIVATE_ENGINES } from './private-engines';

const ELSEWHERE = {
  mariadb: () => `SET GLOBAL time_zone = '+05:30'`,
  postgres: (database: string) => `ALTER DATABASE ${database} SET timezone TO 'Asia/Kolkata'`,
} as const;

const LOCAL_TIME = { mariadb: '@@session.time_zone', postgres: `current_setting('timezone')` } as const;

describe('a database server that is moved to another time zone', () => {
  describeEngines(PRIVATE_ENGINES, (engine) => {
    const name = engine.name as ServerName;
    const cleanup = new Cleanup();

    afterAll(() => cleanup.run());

    test('changes no lease, no due time and no time that is told', async () => {
      const server = await startServer(cleanup, name, { durable: false });
      const address = await server.createDatabase();
      const cluster = await Cluster.start(cleanup, storeEnvironment(address), [{}]);
      const early = cluster.member(0);
      const held = early.saga('held-before');
      held.answers({ OUT: '1:hang' });
      await held.start();
      await cluster.busi.received(held.gid, 1);

      await cluster.sql.query(ELSEWHERE[name](address.database));
      const [zone] = await cluster.sql.query(`SELECT ${LOCAL_TIME[name]} AS zone`);
      expect(['+05:30', 'Asia/Kolkata']).toContain(zone?.['zone']);
      // Its sessions begin in the new zone, those of the first in the old one.
      const late = await cluster.join();
      const alsoHeld = late.saga('held-after');
      alsoHeld.answers({ OUT: '1:hang' });
      const before = await cluster.sql.serverTime();
      await alsoHeld.start();
      await cluster.busi.received(alsoHeld.gid, 1);
      const { leaseUntil, due, readAt } = await cluster.holding(alsoHeld.gid);
      expect(due).toBe(leaseUntil);
      expect(leaseUntil).toBeGreaterThanOrEqual(before + LEASE_MS);
      expect(leaseUntil).toBeLessThanOrEqual(readAt + LEASE_MS);

      const done = late.saga('done');
      expect((await done.submit({ wait_result: true })).status).toBe(200);
      const { transaction } = await late.api.query(done.gid);
      expect(await early.api.query(done.gid)).toMatchObject({ transaction });
      expect(new Date(transaction?.create_time ?? NaN).getTime()).toBeGreaterThanOrEqual(before);
      expect(new Date(transaction?.finish_time ?? NaN).getTime()).toBeLessThanOrEqual(await cluster.sql.serverTime());

      // Nobody has taken anything from anybody; and what a dead one leaves is found, across the zones in both directions.
      expect(await cluster.audit.takeovers()).toEqual([]);
      await early.process.kill();
      expect(await late.saga(held.gid).ended()).toMatchObject({ status: 'succeed' });
      const third = await cluster.join();
      await late.process.kill();
      expect(await third.saga(alsoHeld.gid).ended()).toMatchObject({ status: 'succeed' });
      const takeovers = await cluster.audit.takeovers();
      expect(takeovers.map(({ gid }) => gid)).toEqual([alsoHeld.gid, held.gid]);
      expect(takeovers.filter(({ at, leaseEnd }) => at < (leaseEnd ?? Infinity))).toEqual([]);
    });
  });
});
