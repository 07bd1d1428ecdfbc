import { DtxClient } from '@nestjs-dtx/client';
import { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { send, type Reply } from '../support/http';
import type { ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { NotesDatabases } from './notes-databases';
import { NotesService } from './notes-service';

type Op = 'action' | 'commit' | 'rollback';

/** What may be answered to a request that comes while its twin is at work: the same, or that it is to be asked again. */
const DONE_OR_LATER = [200, 425];

describeEngines(SHARED_ENGINES, ({ name }) => {
  describe('an @XaBranch whose requests are all delivered several times, at once and again', () => {
    const cleanup = new Cleanup();
    let client: DtxClient;
    let databases: NotesDatabases;
    let service: NotesService;
    let gid: string;

    beforeAll(async () => {
      const coordinator = await startCoordinator({ STORE_DRIVER: 'memory' });
      cleanup.add(() => coordinator.stop());
      client = new DtxClient({ coordinator: coordinator.url });
      cleanup.add(() => client.close());
      databases = await NotesDatabases.create(cleanup, name as ServerName);
      const options = { coordinator: coordinator.url, xaReconciler: false } as const;
      service = await NotesService.start(cleanup, databases.addresses, options);
    });
    afterAll(() => cleanup.run());

    /** One request of the branch as it goes over the wire; phase 2 is a POST without a body (spec 9.5). */
    function request(op: Op): Promise<Reply> {
      const info = { gid, trans_type: 'xa', branch_id: '01', op, phase2_url: service.branch('first') };
      const body = op === 'action' ? JSON.stringify({ gid }) : '';
      const headers = { 'content-type': 'application/json' };
      return send('POST', `${service.branch('first')}?${new URLSearchParams(info).toString()}`, { body, headers });
    }

    /** The request three times at once, then until it is done, and once more. @returns all statuses, ascending */
    async function repeated(op: Op): Promise<readonly number[]> {
      const replies = await Promise.all([1, 2, 3].map(() => request(op)));
      replies.push(await until(`${op} is done`, async () => later(await request(op))), await request(op));
      return [...new Set(replies.map(({ status }) => status))].sort((a, b) => a - b);
    }

    const rows = async () => (await client.query(gid)).branches.map(({ branch_id: id, op }) => `${id} ${op}`);

    test('does its work and its commit once', async () => {
      gid = `notes-${name}-committed`;
      await client.xa(gid).run(async () => {
        const statuses = await repeated('action');
        expect(statuses.filter((status) => !DONE_OR_LATER.includes(status))).toEqual([]);
        expect(await databases.prepared(gid)).toEqual([`${gid}-01`]);
        expect(await rows()).toEqual(['01 rollback', '01 commit']);
      });
      expect((await repeated('commit')).filter((status) => !DONE_OR_LATER.includes(status))).toEqual([]);
      expect(await databases.prepared(gid)).toEqual([]);
      expect(await databases.noted(gid)).toEqual([1, 0]);
      // Work that comes late is a repeat, and a rollback that nobody has decided is no success.
      expect((await request('action')).status).toBe(200);
      expect((await request('rollback')).status).toBe(500);
      expect(await databases.noted(gid)).toEqual([1, 0]);
    });

    test('does its rollback once, and no work after it', async () => {
      gid = `notes-${name}-rolled-back`;
      const run = client.xa(gid).run(async () => {
        await repeated('action');
        throw new Error('changed our mind');
      });
      await expect(run).rejects.toThrow('changed our mind');
      expect((await repeated('rollback')).filter((status) => !DONE_OR_LATER.includes(status))).toEqual([]);
      expect(await databases.prepared(gid)).toEqual([]);
      expect((await request('action')).status).toBe(409);
      expect((await request('commit')).status).toBe(500);
      expect(await databases.prepared(gid)).toEqual([]);
      expect(await databases.noted(gid)).toEqual([0, 0]);
    });
  });
});

function later(reply: Reply): Reply | undefined {
  return reply.status === 425 ? undefined : reply;
}
