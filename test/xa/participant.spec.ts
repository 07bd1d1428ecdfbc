import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { DUPLICATE, INCIDENT, MOVED, XaRig, type BranchCase } from './xa-rig';

describeEngines(SHARED_ENGINES, ({ name }) => {
  describe('a participant of xa transactions', () => {
    const cleanup = new Cleanup();
    let rig: XaRig;
    let branch: BranchCase;

    beforeAll(async () => {
      rig = await XaRig.start(cleanup, name as ServerName);
    });
    afterAll(() => cleanup.run());

    beforeEach(async () => {
      branch = await rig.branch();
    });

    test('prepares its work, registered before, and commits it', async () => {
      expect(await branch.work()).toEqual(MOVED);
      expect(await branch.registered()).toEqual(['01 rollback', '01 commit']);
      expect(await branch.isPrepared()).toBe(true);
      expect(await branch.moved()).toBe(0);
      expect(await rig.participant.handle({ ...branch.info, op: 'commit' }, branch.business)).toEqual({ phase: 2 });
      expect(await branch.isPrepared()).toBe(false);
      expect(await branch.moved()).toBe(-30);
      expect(await rig.accounts.barrierRow(branch.gid)).toBe('action');
    });

    test('rolls it back', async () => {
      await branch.work();
      expect(await rig.participant.handle({ ...branch.info, op: 'rollback' }, branch.business)).toEqual({ phase: 2 });
      expect(await branch.isPrepared()).toBe(false);
      expect(await branch.moved()).toBe(0);
      expect(await rig.accounts.barrierRow(branch.gid)).toBe('rollback');
    });

    test('commits once, however often it is told to', async () => {
      await branch.work();
      await Promise.all([1, 2, 3, 4].map(() => branch.commit()));
      await branch.commit();
      expect(await branch.moved()).toBe(-30);
      await expect(branch.rollback()).rejects.toMatchObject({
        ...INCIDENT,
        message: `xa branch ${branch.xid} was committed and cannot be rolled back`,
      });
      expect(await branch.moved()).toBe(-30);
    });

    test('rolls back once, however often it is told to', async () => {
      await branch.work();
      await Promise.all([1, 2, 3, 4].map(() => branch.rollback()));
      await branch.rollback();
      expect(await branch.moved()).toBe(0);
      await expect(branch.commit()).rejects.toMatchObject({
        ...INCIDENT,
        message: `xa branch ${branch.xid} was rolled back and cannot be committed`,
      });
    });

    test('does the work of a repeated request once', async () => {
      await branch.work();
      expect(await branch.work()).toEqual(DUPLICATE);
      await branch.commit();
      expect(await branch.work()).toEqual(DUPLICATE);
      expect(await branch.moved()).toBe(-30);
      expect(await branch.isPrepared()).toBe(false);
    });

    test('undoes work that fails, and leaves nothing of it', async () => {
      const refused = rig.participant.handle(branch.info, async (session) => {
        await branch.business(session);
        throw new Error('no money');
      });
      await expect(refused).rejects.toThrow('no money');
      expect(await branch.isPrepared()).toBe(false);
      expect(await branch.moved()).toBe(0);
      expect(await branch.registered()).toEqual([]);
      expect(await branch.work()).toEqual(MOVED);
    });

    test('undoes work that the coordinator does not want any more', async () => {
      await branch.decide('abort');
      await expect(branch.work()).rejects.toMatchObject({
        code: 'DTX_FAILURE',
        cause: { code: 'DTX_COORDINATOR_REFUSED', status: 409 },
      });
      expect(await branch.isPrepared()).toBe(false);
      expect(await branch.moved()).toBe(0);
    });

    test('does not prepare work that ends its transaction by itself', async () => {
      const careless = rig.participant.handle(branch.info, async (session) => {
        await session.execute('commit', []);
        await session.execute('begin', []);
        await branch.business(session);
      });
      await expect(careless).rejects.toThrow(/must not commit, roll back or begin|XAER_RMFAIL/);
      expect(await branch.isPrepared()).toBe(false);
      expect(await branch.moved()).toBe(0);
      expect(await branch.registered()).toEqual([]);
    });

    test('refuses what is no request of an xa branch, and what has no name there', async () => {
      const { participant } = rig;
      const handle = (info: object) => participant.handle({ ...branch.info, ...info }, branch.business);
      await expect(handle({ op: 'try' })).rejects.toMatchObject({ code: 'DTX_BARRIER_INFO', field: 'op' });
      await expect(handle({ phase2Url: undefined })).rejects.toMatchObject({ field: 'phase2_url' });
      await expect(handle({ gid: "it's" })).rejects.toMatchObject({ code: 'DTX_INVALID_REQUEST', field: 'gid' });
      await expect(handle({ gid: 'x'.repeat(200) })).rejects.toMatchObject({ field: 'gid' });
      await expect(handle({ branchId: "'01" })).rejects.toMatchObject({ field: 'branch_id' });
    });

    test('finds the database fit', async () => {
      await expect(rig.participant.check()).resolves.toBeUndefined();
    });
  });
});
