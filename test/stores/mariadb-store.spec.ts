import { ServerStore, type InsertWrite, type TransactionStore } from '@nestjs-dtx/coordinator';
import { storeContract } from '@nestjs-dtx/testing';
import { Cleanup } from '../support/cleanup';
import { describeEngines, describePrivateServers } from '../support/describe-engines.spec-helper';
import { freshDatabase, startMariadb, type DatabaseAddress, type PrivateServer } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { CommitRelay } from './commit-relay';
import { newLease, outcome, saga } from './saga-writes';
import { SecondSession } from './second-session';
import { serverHarness } from './server-harness';

const MEGABYTE = 1024 * 1024;

async function openStore(database: DatabaseAddress): Promise<TransactionStore> {
  const store = new ServerStore({ ...database, autoMigrate: true });
  await store.open();
  return store;
}

function withPayload(write: InsertWrite, bytes: number): InsertWrite {
  const [first, ...others] = write.transaction.branches;
  const branches = [{ ...first!, payload: Buffer.alloc(bytes, 0xff) }, ...others];
  return { ...write, transaction: { ...write.transaction, branches } };
}

describeEngines(
  SHARED_ENGINES.filter(({ name }) => name === 'mariadb'),
  () => {
    storeContract('mariadb', serverHarness('mariadb'));

    test.each([0, 1])(
      'a gid that is taken between the look and the insert is a duplicate, beside %i others',
      async (others) => {
        const cleanup = new Cleanup();
        try {
          const database = await freshDatabase(cleanup, 'mariadb');
          const relay = await CommitRelay.start(cleanup, database.port);
          const faster = await openStore(database);
          cleanup.add(() => faster.close());
          const slower = await openStore({ ...database, host: '127.0.0.1', port: relay.port });
          cleanup.add(() => slower.close());
          const taken = saga(newLease());
          // The insert travels with the commit, so at this moment the batch has looked and not written.
          relay.next(async (commit) => {
            await faster.write(saga(newLease(), taken.gid));
            commit.send();
          });
          const neighbours = Array.from({ length: others }, () => saga(newLease()));
          const results = await Promise.all([taken, ...neighbours].map((write) => slower.write(write)));
          relay.check();
          expect(results.map(({ result }) => result)).toEqual(['duplicate', ...neighbours.map(() => 'applied')]);
          expect((await slower.find(taken.gid))?.branches).toHaveLength(4);
        } finally {
          await cleanup.run();
        }
      },
    );

    describe('the tables on MariaDB', () => {
      const cleanup = new Cleanup();
      let database: DatabaseAddress;
      let store: TransactionStore;
      let observer: SecondSession;

      beforeAll(async () => {
        database = await freshDatabase(cleanup, 'mariadb');
        const admin = await SecondSession.open(cleanup, database);
        // What the database prefers must not matter.
        await admin.run(`ALTER DATABASE ${database.database} CHARACTER SET latin1 COLLATE latin1_german1_ci`);
        store = await openStore(database);
        cleanup.add(() => store.close());
        observer = await SecondSession.open(cleanup, database);
      });
      afterAll(() => cleanup.run());

      test('tell apart gids that differ by case, by an accent, by a space at the end', async () => {
        const gids = ['order', 'Order', 'örder', 'order ', 'ordér', 'order😀'];
        for (const gid of gids) expect(await store.write(saga(newLease(), gid))).toMatchObject({ result: 'applied' });
        const again = await Promise.all(gids.map((gid) => store.write(saga(newLease(), gid))));
        expect(again.map(({ result }) => result)).toEqual(gids.map(() => 'duplicate'));
        expect(await store.write(outcome('order ', 1))).toMatchObject({ result: 'applied' });
        const statuses = await Promise.all(gids.map(async (gid) => (await store.find(gid))!.branches[1]!.status));
        expect(statuses).toEqual(gids.map((gid) => (gid === 'order ' ? 'succeed' : 'prepared')));
      });

      test('are made on the server that was named, and on no other', async () => {
        const named = new ServerStore({ ...database, driver: 'mysql', autoMigrate: true });
        await expect(named.open()).rejects.toMatchObject({
          code: 'DTX_STORE_UNAVAILABLE',
          message: expect.stringContaining('set STORE_DRIVER=mariadb'),
        });
      });

      test('keep texts as they are, whatever is in them', async () => {
        const customData = `quotes ' " \` backslash \\ percent %_ newline \n ${String.fromCodePoint(0x1f600)} ? ?? :name -- #`;
        const write = saga(newLease());
        await store.write({ ...write, transaction: { ...write.transaction, customData } });
        expect((await store.find(write.gid))!.transaction.customData).toBe(customData);
      });

      test('are in the engine and the row format that the indexes need', async () => {
        const rows = await observer.run(
          `SELECT table_name AS name, engine, row_format AS format FROM information_schema.tables
            WHERE table_schema = DATABASE() AND table_name IN ('trans_global', 'trans_branch_op', 'kv') ORDER BY name`,
        );
        const expected = ['kv', 'trans_branch_op', 'trans_global'];
        expect(rows).toEqual(expected.map((name) => ({ name, engine: 'InnoDB', format: 'Dynamic' })));
      });
    });
  },
);

describePrivateServers((name) => {
  if (name !== 'mariadb') return;

  describe('a server of a person with other ideas', () => {
    const cleanup = new Cleanup();
    let server: PrivateServer;
    let store: TransactionStore;
    let observer: SecondSession;

    beforeAll(async () => {
      server = await startMariadb(cleanup, {
        durable: false,
        engine: {
          default_time_zone: '+05:45',
          sql_mode: 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES',
          transaction_isolation: 'SERIALIZABLE',
          autocommit: '0',
          character_set_server: 'latin1',
          collation_server: 'latin1_swedish_ci',
          max_allowed_packet: String(MEGABYTE),
          innodb_lock_wait_timeout: '100',
        },
      });
      const database = await server.createDatabase();
      store = await openStore(database);
      cleanup.add(() => store.close());
      observer = await SecondSession.open(cleanup, database);
      await observer.run('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', 'SET autocommit = 1');
    });
    afterAll(() => cleanup.run());

    test('changes nothing about times: they are UTC by the clock of the server', async () => {
      await observer.run("SET GLOBAL time_zone = '-11:00'");
      const write = saga(newLease(5000));
      const before = await utc();
      const result = await store.write(write);
      const after = await utc();
      const { createTime, leaseUntil } = (await store.find(write.gid))!.transaction;
      expect(result).toMatchObject({ result: 'applied', now: createTime });
      expect(createTime).toBeGreaterThanOrEqual(before);
      expect(createTime).toBeLessThanOrEqual(after);
      expect(leaseUntil).toBe(createTime + 5000);
      const stored = `SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', create_time) DIV 1000 FROM trans_global`;
      expect(await observer.number(stored)).toBe(createTime);
      const listed = await store.list({ limit: 1, createdFrom: createTime, createdTo: createTime });
      expect(listed.transactions.map(({ gid }) => gid)).toEqual([write.gid]);
    });

    test('has no way into our statements', async () => {
      const gid = "\\' OR 1 = 1 -- ";
      expect(await store.find(gid)).toBeUndefined();
      expect(await store.write(outcome(gid, 1))).toEqual({ result: 'stale' });
      expect(await store.write(saga(newLease(), gid))).toMatchObject({ result: 'applied' });
      expect((await store.find(gid))?.transaction.gid).toBe(gid);
    });

    test('is told a batch of inserts and progress as one statement, whatever its modes', async () => {
      const first = saga(newLease());
      await store.write(first);
      const before = await compounds();
      const results = await Promise.all([store.write(outcome(first.gid, 1)), store.write(saga(newLease()))]);
      expect(results.map(({ result }) => result)).toEqual(['applied', 'applied']);
      expect((await compounds()) - before).toBe(1);
    });

    test('that takes small statements refuses what is larger, alone, and the rest is divided', async () => {
      const tooLarge = withPayload(saga(newLease()), 600 * 1024);
      const large = Array.from({ length: 8 }, () => withPayload(saga(newLease()), 400 * 1024));
      const results = await Promise.allSettled([tooLarge, ...large].map((write) => store.write(write)));
      expect(results[0]).toMatchObject({
        status: 'rejected',
        reason: { code: 'DTX_BODY_TOO_LARGE', message: expect.stringContaining(`max_allowed_packet is ${MEGABYTE}`) },
      });
      expect(results.slice(1).map(({ status }) => status)).toEqual(large.map(() => 'fulfilled'));
      expect((await store.find(large[7]!.gid))!.branches[0]!.payload).toHaveLength(400 * 1024);
      expect(await store.find(tooLarge.gid)).toBeUndefined();
    });

    const compounds = () =>
      observer.number(
        "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'COM_COMPOUND_SQL'",
      );
    const utc = () => observer.number("SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000");
  });
});
