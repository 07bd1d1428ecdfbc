import { BarrierCleaner } from '@nestjs-dtx/client';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { barrierDatabase, type BarrierDatabase } from './barrier-database';

describeEngines(SHARED_ENGINES, ({ name }) => {
  describe('the cleaner of barrier rows on a real server', () => {
    const cleanup = new Cleanup();
    let database: BarrierDatabase;

    beforeAll(async () => {
      database = await barrierDatabase(cleanup, name as ServerName);
    });

    afterAll(() => cleanup.run());

    beforeEach(() => database.query('delete from dtx_barrier'));

    /** Rows of requests that came so many days ago. */
    async function rows(count: number, days: number): Promise<void> {
      const time =
        database.dialect === 'postgres' ? `now() - interval '${days} days'` : `now(3) - interval ${days} day`;
      const values = Array.from(
        { length: count },
        (_, row) => `('saga', 'g${days}-${row}', '01', 'action', '01', ${time})`,
      );
      await database.query(
        `insert into dtx_barrier (trans_type, gid, branch_id, op, barrier_id, create_time) values ${values.join(', ')}`,
      );
    }

    const cleaner = (): BarrierCleaner => new BarrierCleaner(database, (work) => database.transaction(work));

    const left = async (): Promise<number> =>
      Number((await database.query('select count(*) as n from dtx_barrier'))[0]?.['n']);

    it('deletes old rows, part by part, and keeps young ones', async () => {
      await rows(1300, 31);
      await rows(40, 29);
      expect(await cleaner().runOnce()).toBe(1300);
      expect(await left()).toBe(40);
    });

    it('may run in several instances at once', async () => {
      await rows(1300, 31);
      await rows(40, 29);
      const counts = await Promise.all([cleaner().runOnce(), cleaner().runOnce(), cleaner().runOnce()]);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1300);
      expect(await left()).toBe(40);
    });

    it('steps over rows without a time, which dtm’s table for PostgreSQL has', async () => {
      const time = database.dialect === 'postgres' ? 'timestamptz(0)' : 'datetime';
      await database.query(`create table dtm_barrier (id bigint primary key, create_time ${time} null)`);
      await database.query(
        "insert into dtm_barrier (id, create_time) values (1, null), (2, '2020-01-01 00:00:00'), (3, null)",
      );
      const foreign = new BarrierCleaner({ ...database, table: 'dtm_barrier' }, (work) => database.transaction(work));
      expect(await foreign.runOnce()).toBe(1);
    });

    it('makes no request wait that inserts meanwhile', async () => {
      await rows(10, 31);
      await rows(1000, 29);
      await database.transaction(async (executor) => {
        const held = new BarrierCleaner(database, (work) => work(executor));
        expect(await held.runOnce()).toBe(10);
        // The rows are deleted and not committed: their locks are held.
        await rows(1, 0);
      });
      expect(await left()).toBe(1001);
    });
  });
});
