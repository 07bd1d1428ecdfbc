import { ServerStore, type TransactionStore } from '@nestjs-dtx/coordinator';
import { newGid } from '@nestjs-dtx/protocol';
import { Gate } from '@nestjs-dtx/testing';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { freshDatabase, type DatabaseAddress, type ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { CommitRelay } from './commit-relay';
import { change, newLease, outcome, saga } from './saga-writes';
import { SecondSession } from './second-session';

/** A second batch starts beside the first one whatever waits for it. */
const BATCH = { maxBatch: 256, depth: 2, overlapFrom: 1 };

describe('two batches under way', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    let cleanup: Cleanup;
    let database: DatabaseAddress;
    let other: SecondSession;
    let observer: SecondSession;

    beforeEach(async () => {
      cleanup = new Cleanup();
      database = await freshDatabase(cleanup, engine.name as ServerName);
      other = await SecondSession.open(cleanup, database);
      observer = await SecondSession.open(cleanup, database);
    });
    afterEach(() => cleanup.run());

    async function openStore(address: Partial<DatabaseAddress> = {}): Promise<TransactionStore> {
      const store = new ServerStore({ ...database, ...address, autoMigrate: true, batch: BATCH });
      await store.open();
      cleanup.add(() => store.close());
      return store;
    }

    test('one commits while the other one waits for a lock', async () => {
      const store = await openStore();
      for (const gid of ['kept', 'free']) await store.write(saga(newLease(), gid));
      await other.hold('kept');
      const waiting = store.write(outcome('kept', 1));
      await observer.sawWaiting();
      expect(await store.write(outcome('free', 1))).toMatchObject({ result: 'applied' });
      expect(await observer.waiting()).toBe(1);
      await other.run('COMMIT');
      expect(await waiting).toMatchObject({ result: 'applied' });
    });

    test('never have a gid in common: its writes are decided in their order, an abort among them', async () => {
      const store = await openStore();
      for (const gid of ['kept', 'free']) await store.write(saga(newLease(), gid));
      await other.hold('kept');
      const first = store.write(outcome('kept', 1));
      await observer.sawWaiting();
      const abort = store.write(change('kept', 'submitted', 'aborting'));
      const late = store.write(outcome('kept', 1, '02'));
      const stop = store.write(change('kept', 'aborting', 'failed'));
      // All of these were in the queue when the other batch was made.
      expect(await store.write(outcome('free', 1))).toMatchObject({ result: 'applied' });
      expect(await observer.waiting()).toBe(1);
      await other.run('COMMIT');
      expect(await first).toMatchObject({ result: 'applied', epoch: 1 });
      expect(await abort).toMatchObject({ result: 'applied', epoch: 2 });
      expect(await late).toMatchObject({ result: 'stale', stored: { status: 'aborting' } });
      expect(await stop).toMatchObject({ result: 'applied', epoch: 3 });
      const { branches } = (await store.find('kept'))!;
      expect(branches.map(({ status }) => status)).toEqual(['prepared', 'succeed', 'prepared', 'prepared']);
    });

    test('one whose connection is lost says nothing about the other', async () => {
      const relay = await CommitRelay.start(cleanup, database.port);
      const store = await openStore({ host: '127.0.0.1', port: relay.port });
      const [lost, free] = [newGid(), newGid()];
      const commits = new Gate();
      const goOn = new Gate();
      relay.next(async (commit) => {
        commit.mute();
        commits.open();
        await goOn.pass();
        commit.send();
        await until('the commit took effect', async () => (await rowsOf(lost)) === 1);
        commit.cutClient();
        commit.cutServer();
      });
      const inDoubt = store.write(saga(newLease(), lost));
      await commits.pass();
      expect(await store.write(saga(newLease(), free))).toMatchObject({ result: 'applied' });
      expect(await rowsOf(lost)).toBe(0);
      goOn.open();
      expect(await inDoubt).toMatchObject({ result: 'applied', epoch: 1 });
      relay.check();
      expect(await store.write(outcome(lost, 1))).toMatchObject({ result: 'applied' });
      expect([await rowsOf(lost), await rowsOf(free)]).toEqual([1, 1]);
    });

    const rowsOf = (gid: string) => observer.number(`SELECT count(*) FROM trans_global WHERE gid = '${gid}'`);
  });
});
