import { ServerStore, type TransactionStore } from '@nestjs-dtx/coordinator';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { freshDatabase, type DatabaseAddress, type ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { change, finish, newLease, outcome, registration, saga, submission } from './saga-writes';
import { SecondSession } from './second-session';

/** How often the database has ended a deadlock. */
const DEADLOCKS: Readonly<Record<ServerName, string>> = {
  mariadb: "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'INNODB_DEADLOCKS'",
  postgres: 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
};

/**
 * Another session holds the lock of a row, does there what another coordinator would, and commits while a write of the store
 * waits. That write has to decide on what stands there afterwards.
 */
describe('a row that another session has locked', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    let cleanup: Cleanup;
    let database: DatabaseAddress;
    let store: TransactionStore;
    let other: SecondSession;
    let observer: SecondSession;

    beforeEach(async () => {
      cleanup = new Cleanup();
      database = await freshDatabase(cleanup, engine.name as ServerName);
      store = await openStore();
      other = await SecondSession.open(cleanup, database);
      observer = await SecondSession.open(cleanup, database);
    });
    afterEach(() => cleanup.run());

    async function openStore(): Promise<TransactionStore> {
      const opened = new ServerStore({ ...database, autoMigrate: true });
      await opened.open();
      cleanup.add(() => opened.close());
      return opened;
    }

    /** Lets a write of the store run into the lock that the other session holds. @returns its result after the commit */
    async function behind<T>(gid: string, write: () => Promise<T>, ...statements: readonly string[]): Promise<T> {
      await other.hold(gid);
      await other.run(...statements);
      const waiting = write();
      await observer.sawWaiting();
      await other.run('COMMIT');
      return waiting;
    }

    const branchesOf = async (gid: string) => (await store.find(gid))!.branches;
    const stateOf = async (gid: string) => (await store.find(gid))!.transaction;

    test('registerBranch behind a submit is stale', async () => {
      const { gid } = await inserted();
      const submit = `UPDATE trans_global SET status = 'submitted', epoch = 2, owner = 'other' WHERE gid = '${gid}'`;
      const result = await behind(gid, () => store.write(registration(gid)), submit);
      expect(result).toEqual({
        result: 'stale',
        stored: { transType: 'saga', status: 'submitted', branchCount: 4 },
      });
      expect(await branchesOf(gid)).toHaveLength(4);
    });

    test('submit behind a registerBranch hands over the new branch', async () => {
      const { gid } = await inserted();
      const result = await behind(
        gid,
        () => store.write(submission(gid)),
        `UPDATE trans_global SET branch_count = 5 WHERE gid = '${gid}'`,
        `INSERT INTO trans_branch_op (gid, url, branch_id, op, status, create_time, update_time)
          VALUES ('${gid}', '', '03', 'action', 'prepared', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)`,
      );
      const leased = result.result === 'applied' ? result.leased : undefined;
      expect(leased?.damage).toBeUndefined();
      expect(leased?.snapshot.branches.map(({ branchId }) => branchId)).toEqual(['01', '01', '02', '02', '03']);
    });

    test('an outcome behind a claim is stale', async () => {
      const { gid } = await inserted(newLease(0));
      const claim = `UPDATE trans_global SET epoch = 2, owner = 'other' WHERE gid = '${gid}'`;
      const result = await behind(gid, () => store.write(outcome(gid, 1)), claim);
      expect(result.result).toBe('stale');
      expect((await branchesOf(gid)).map(({ status }) => status)).toEqual(Array(4).fill('prepared'));
    });

    test('a claim steps over an outcome that is being written, and sees it afterwards', async () => {
      const { gid } = await inserted(newLease(0));
      await other.hold(gid);
      await other.run(`UPDATE trans_branch_op SET status = 'succeed' WHERE gid = '${gid}' AND op = 'action'`);
      expect(await store.claim(10, newLease())).toEqual([]);
      await other.run('COMMIT');
      const [claimed] = await store.claim(10, newLease());
      expect(claimed).toMatchObject({ epoch: 2, snapshot: { gid } });
      expect(claimed!.snapshot.branches.map(({ status }) => status)).toEqual([
        'prepared',
        'succeed',
        'prepared',
        'succeed',
      ]);
    });

    test('a claim takes its turn when a row that is long due is written to again and again', async () => {
      const { gid } = await inserted(newLease(-60_000));
      await other.run(`UPDATE trans_global SET update_time = '2037-01-01' WHERE gid = '${gid}'`);
      expect(await behind(gid, () => store.claim(10, newLease()))).toMatchObject([{ epoch: 2, snapshot: { gid } }]);
      expect(await store.claim(10, newLease())).toEqual([]);
    });

    test('a claim steps over a row that is long due and that nobody can write to', async () => {
      const { gid } = await inserted(newLease(-60_000));
      await other.run(`UPDATE trans_global SET update_time = '2020-01-01' WHERE gid = '${gid}'`);
      await other.hold(gid);
      expect(await store.claim(10, newLease())).toEqual([]);
      await other.run('COMMIT');
      expect(await store.claim(10, newLease())).toMatchObject([{ epoch: 2, snapshot: { gid } }]);
    });

    test('an outcome behind a forceStop is stale', async () => {
      const { gid } = await inserted(newLease());
      const stop = `UPDATE trans_global SET status = 'failed', epoch = 2 WHERE gid = '${gid}'`;
      const result = await behind(gid, () => store.write(finish(gid, 1)), stop);
      expect(result).toMatchObject({ result: 'stale', stored: { status: 'failed' } });
      expect((await stateOf(gid)).status).toBe('failed');
    });

    test('a forceStop behind the last outcome is stale', async () => {
      const { gid } = await inserted(newLease());
      const end = `UPDATE trans_global SET status = 'succeed' WHERE gid = '${gid}'`;
      const result = await behind(gid, () => store.write(change(gid, 'submitted', 'failed')), end);
      expect(result).toMatchObject({ result: 'stale', stored: { status: 'succeed' } });
      expect((await stateOf(gid)).status).toBe('succeed');
    });

    test('a renewal behind a claim loses the lease', async () => {
      const { gid } = await inserted(newLease());
      const claim = `UPDATE trans_global SET epoch = 2, owner = 'other' WHERE gid = '${gid}'`;
      expect(await behind(gid, () => store.renew([{ gid, epoch: 1 }], 60_000), claim)).toEqual([gid]);
    });

    test.each([
      ['COMMIT', 'duplicate'],
      ['ROLLBACK', 'applied'],
    ])('a submit of a gid that is being inserted waits for its %s: %s', async (end, expected) => {
      const write = saga(newLease());
      await other.run('BEGIN', insertStatement(write.gid));
      const waiting = store.write(write);
      await observer.sawWaiting();
      await other.run(end);
      expect((await waiting).result).toBe(expected);
      expect(await branchesOf(write.gid)).toHaveLength(expected === 'applied' ? 4 : 0);
    });

    test('a deadlock with another session is tried again', async () => {
      if (engine.name === 'postgres') {
        // The store's session is to notice it, and soon. The setting reaches new sessions only.
        await other.run(`ALTER DATABASE ${database.database} SET deadlock_timeout = '50ms'`);
        store = await openStore();
        await other.run("SET deadlock_timeout = '1min'");
      }
      const before = await observer.number(DEADLOCKS[database.driver]);
      const gids = ['deadlock-a', 'deadlock-b', 'deadlock-c'];
      for (const gid of gids) await store.write(saga(newLease(), gid));
      const gate = await SecondSession.open(cleanup, database);
      await gate.hold(gids[1]!);
      // Work done makes the other session the one that a server would rather keep.
      await other.hold(gids[2]!);
      await other.run(`UPDATE trans_branch_op SET update_time = CURRENT_TIMESTAMP WHERE gid = '${gids[2]}'`);
      const written = Promise.all(gids.map((gid) => store.write(outcome(gid, 1))));
      await observer.sawWaiting(1);
      const crossing = other.run(`SELECT 1 FROM trans_global WHERE gid = '${gids[0]}' FOR UPDATE`);
      await observer.sawWaiting(2);
      await gate.run('COMMIT');
      await crossing;
      await other.run('COMMIT');
      expect((await written).map(({ result }) => result)).toEqual(['applied', 'applied', 'applied']);
      await until('the server has counted it', async () => {
        // PostgreSQL counts at the end of a later transaction of the same session.
        await store.write(outcome(gids[0]!, 1));
        return (await observer.number(DEADLOCKS[database.driver])) > before;
      });
    });

    test('that stays locked fails the writes to it, and no others', async () => {
      const gids = ['kept', 'free'];
      for (const gid of gids) await store.write(saga(newLease(), gid));
      await other.hold('kept');
      const results = await Promise.allSettled(gids.map((gid) => store.write(outcome(gid, 1))));
      expect(results).toMatchObject([
        { status: 'rejected', reason: { code: 'DTX_STORE_UNAVAILABLE' } },
        { status: 'fulfilled', value: { result: 'applied' } },
      ]);
      await other.run('COMMIT');
      expect(await store.write(outcome('kept', 1))).toMatchObject({ result: 'applied' });
    });

    test('is not needed to see that one poisoned write fails alone', async () => {
      const gids = ['good-1', 'bad', 'good-2'];
      for (const gid of gids) await store.write(saga(newLease(), gid));
      const tooLong = 'x'.repeat(46) as 'succeed';
      const results = await Promise.allSettled(
        gids.map((gid) =>
          store.write(
            gid === 'bad'
              ? { ...outcome(gid, 1), branches: [{ branchId: '01', op: 'action', status: tooLong }] }
              : outcome(gid, 1),
          ),
        ),
      );
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      const statuses = await Promise.all(gids.map(async (gid) => (await branchesOf(gid))[1]!.status));
      expect(statuses).toEqual(['succeed', 'prepared', 'succeed']);
    });

    async function inserted(lease?: ReturnType<typeof newLease>): Promise<{ readonly gid: string }> {
      const write = saga(lease);
      expect(await store.write(write)).toMatchObject({ result: 'applied' });
      return write;
    }
  });
});

function insertStatement(gid: string): string {
  return `INSERT INTO trans_global (gid, trans_type, status, query_prepared, protocol, create_time, update_time, options,
    custom_data, owner, ext_data, result, rollback_reason, epoch, last_error) VALUES ('${gid}', 'saga', 'submitted', '',
    'http', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, '{}', '', 'other', '', '', '', 1, '')`;
}
