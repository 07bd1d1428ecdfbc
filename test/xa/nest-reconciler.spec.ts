import { DtxClient, type Xa } from '@nestjs-dtx/client';
import { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { NotesDatabases } from './notes-databases';
import { NotesService } from './notes-service';

/** Seconds. */
const SOON = { intervalSeconds: 1, olderThanSeconds: 0 };

describeEngines(SHARED_ENGINES, ({ name }) => {
  describe('a service with two databases that dies between the phases of a transaction', () => {
    const cleanup = new Cleanup();
    let coordinator: string;
    let client: DtxClient;
    let databases: NotesDatabases;

    beforeAll(async () => {
      const server = await startCoordinator({ STORE_DRIVER: 'memory' });
      cleanup.add(() => server.stop());
      coordinator = server.url;
      client = new DtxClient({ coordinator });
      cleanup.add(() => client.close());
      databases = await NotesDatabases.create(cleanup, name as ServerName);
    });
    afterAll(() => cleanup.run());

    /** Both branches are prepared, then their instance is gone, and with it the address that the coordinator knows. */
    async function preparedAndGone(xa: Xa): Promise<void> {
      const instance = await NotesService.start(cleanup, databases.addresses, { coordinator, xaReconciler: false });
      await xa.branch(instance.branch('first'), { gid: xa.gid });
      await xa.branch(instance.branch('second'), { gid: xa.gid });
      await instance.stop();
      expect(await databases.prepared(xa.gid)).toEqual([`${xa.gid}-01`, `${xa.gid}-02`]);
    }

    /** An instance at another address ends what the first one has left. */
    async function reconciled(gid: string): Promise<void> {
      const instance = await NotesService.start(cleanup, databases.addresses, { coordinator, xaReconciler: SOON });
      await until('nothing is in doubt any more', async () => (await databases.prepared(gid)).length === 0);
      await instance.stop();
    }

    const statusOf = async (gid: string) => (await client.query(gid)).transaction?.status;

    test('commits its branches when it is back, if the transaction was submitted', async () => {
      const gid = `notes-${name}-submitted`;
      await client.xa(gid).run(preparedAndGone);
      expect(await statusOf(gid)).toBe('submitted');
      expect(await databases.noted(gid)).toEqual([0, 0]);
      await reconciled(gid);
      expect(await databases.noted(gid)).toEqual([1, 1]);
    });

    test('rolls its branches back when it is back, if the transaction was aborted', async () => {
      const gid = `notes-${name}-aborted`;
      const run = client.xa(gid).run(async (xa) => {
        await preparedAndGone(xa);
        throw new Error('changed our mind');
      });
      await expect(run).rejects.toThrow('changed our mind');
      expect(await statusOf(gid)).toBe('aborting');
      await reconciled(gid);
      expect(await databases.noted(gid)).toEqual([0, 0]);
    });

    test('leaves its branches alone as long as nothing is decided', async () => {
      const gid = `notes-${name}-open`;
      await client.xa(gid).run(async (xa) => {
        await preparedAndGone(xa);
        const other = `notes-${name}-decided`;
        await client.xa(other).run(preparedAndGone);
        // Whoever has ended what is decided has looked at what is not.
        await reconciled(other);
        expect(await databases.prepared(xa.gid)).toEqual([`${xa.gid}-01`, `${xa.gid}-02`]);
      });
      await reconciled(gid);
      expect(await databases.noted(gid)).toEqual([1, 1]);
    });
  });
});
