import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { DtmDatabase } from './fixture/dtm-database';
import { migrate, schemaStatus } from './fixture/migrate';

describeEngines(SHARED_ENGINES, ({ name }) => {
  const engine = name as ServerName;
  const cleanup = new Cleanup();

  afterAll(() => cleanup.run());

  describe('a take-over is refused', () => {
    it('in the end, when a dtm took the copies for its own', async () => {
      const database = await DtmDatabase.create(cleanup, engine);
      const report = (step: string): void => {
        if (step === 'completing kv') throw new Error('broke off');
      };
      await expect(migrate(database, { report })).rejects.toThrow('broke off');
      await database.query("UPDATE trans_global SET owner = 'late' WHERE id = 2");
      await expect(migrate(database)).rejects.toMatchObject({
        code: 'DTX_TAKEOVER_REFUSED',
        message: expect.stringMatching(
          /^transaction saga-submitted-Gid of dtm \(owner late\) was visited after it had/,
        ),
      });
      expect((await schemaStatus(database)).takeOver).toBe('under way');
    });

    it('while a dtm is at work, with the row that shows it and how long to wait', async () => {
      const database = await DtmDatabase.create(cleanup, engine);
      const { gid } = database.transactions[1]!;
      await database.query(
        `UPDATE trans_global SET owner = 'poller-1', update_time = ${database.now()} WHERE gid = '${gid}'`,
      );
      await expect(migrate(database)).rejects.toMatchObject({
        code: 'DTX_TAKEOVER_REFUSED',
        message: expect.stringMatching(
          `^transaction ${gid} of dtm \\(owner poller-1\\) changed \\d s ago: .*Stop every process of dtm, and start again in (5\\d|60) s$`,
        ),
      });
      await untouched(database);
    });

    it('when something changes while the tables are watched, however old its time looks', async () => {
      const database = await DtmDatabase.create(cleanup, engine);
      const newest = `SELECT gid FROM trans_global ORDER BY update_time DESC, id DESC LIMIT 1`;
      const [row] = await database.query(newest);
      const report = (step: string): void => {
        if (!step.startsWith('watching')) return;
        setTimeout(() => {
          void database.query(`UPDATE trans_global SET owner = 'poller-2' WHERE gid = '${String(row?.['gid'])}'`);
        }, 100);
      };
      await expect(migrate(database, { quiet: { seconds: 60, watchMs: 1000 }, report })).rejects.toMatchObject({
        code: 'DTX_TAKEOVER_REFUSED',
        message: expect.stringMatching(/\(owner poller-2\) changed while the tables were watched/),
      });
      await untouched(database);
    });

    it('when the tables are not those of dtm', async () => {
      const database = await DtmDatabase.create(cleanup, engine);
      await database.query('ALTER TABLE trans_branch_op DROP COLUMN url');
      await expect(migrate(database)).rejects.toMatchObject({
        code: 'DTX_TAKEOVER_REFUSED',
        message: "trans_branch_op has no url: it is neither ours nor dtm's",
      });
      await untouched(database);
    });

    it.each(['dtm_kv', 'dtx_migrations'])('when an earlier one left the table %s', async (table) => {
      const database = await DtmDatabase.create(cleanup, engine);
      await database.query(`CREATE TABLE ${table} (id int, name varchar(20))`);
      await expect(migrate(database)).rejects.toMatchObject({
        code: 'DTX_TAKEOVER_REFUSED',
        message: `${table} exists already: an earlier take-over left it (docs/takeover.md, the way back)`,
      });
      await untouched(database);
    });

    const zones: Readonly<Record<ServerName, readonly (readonly [string | undefined, RegExp])[]>> = {
      mariadb: [
        [undefined, /^dtm's tables hold local times: name the zone .*--source-time-zone=/],
        ['Europe/Atlantis', /^Europe\/Atlantis is no time zone/],
        ["UTC'; DROP TABLE kv", /is no time zone/],
        ['+15:00', /^\+15:00 is no time zone/],
      ],
      postgres: [['Europe/Berlin', /^--source-time-zone is not for PostgreSQL/]],
    };
    it.each(zones[engine])('with the time zone %p', async (sourceTimeZone, message) => {
      const database = await DtmDatabase.create(cleanup, engine);
      await expect(migrate(database, { sourceTimeZone })).rejects.toMatchObject({
        code: 'DTX_INVALID_CONFIG',
        message: expect.stringMatching(message),
      });
      await untouched(database);
    });

    it('when rows are from the future, as they are in a wrong time zone', async () => {
      const database = await DtmDatabase.create(cleanup, engine);
      const later = { mariadb: database.now('Asia/Tokyo'), postgres: "now() + interval '7 hours'" };
      await database.query(`UPDATE trans_global SET update_time = ${later[engine]} WHERE id = 3`);
      await expect(migrate(database)).rejects.toMatchObject({
        code: 'DTX_TAKEOVER_REFUSED',
        message: expect.stringMatching(/s in the future: this is not the time zone that dtm wrote in/),
      });
      await untouched(database);
    });

    async function untouched(database: DtmDatabase): Promise<void> {
      expect(await database.rows('trans_global')).toHaveLength(25);
      expect(await schemaStatus(database)).toMatchObject({ applied: [], takeOver: 'needed' });
    }
  });
});
