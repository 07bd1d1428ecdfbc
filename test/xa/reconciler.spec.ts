import { DtxClient, type XaParticipant } from '@nestjs-dtx/client';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { freePort } from '../support/free-port';
import type { ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { XaRig, type BranchCase } from './xa-rig';

const NOW = { olderThanSeconds: 0, unknownAfterSeconds: 0 };
const NOTHING = { committed: [], rolledBack: [], left: [], failed: [] };

describeEngines(SHARED_ENGINES, ({ name }) => {
  describe('the reconciler of xa branches', () => {
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
    // What a test leaves in doubt must not be found by the next one.
    afterEach(() => rig.accounts.rollBackAll());

    /** Prepares the branch without telling the coordinator, as if it had forgotten it. */
    const workUnregistered = (participant: XaParticipant = rig.participant) =>
      participant.work(branch.info, { business: branch.business, register: () => Promise.resolve() });

    test('has nothing to do where nothing is in doubt', async () => {
      await branch.work();
      await branch.commit();
      expect(await rig.participant.reconciler(NOW).runOnce()).toEqual(NOTHING);
    });

    test('commits what was decided to be committed', async () => {
      await branch.work();
      await branch.decide('submit');
      expect(await rig.participant.reconciler(NOW).runOnce()).toEqual({ ...NOTHING, committed: [branch.xid] });
      expect(await branch.moved()).toBe(-30);
      expect(await rig.participant.reconciler(NOW).runOnce()).toEqual(NOTHING);
    });

    test.each(['abort', 'forceStop'] as const)('rolls back what was decided by %s', async (command) => {
      await branch.work();
      await branch.decide(command);
      expect(await rig.participant.reconciler(NOW).runOnce()).toEqual({ ...NOTHING, rolledBack: [branch.xid] });
      expect(await branch.isPrepared()).toBe(false);
      expect(await branch.moved()).toBe(0);
      await expect(branch.work()).rejects.toMatchObject({ code: 'DTX_FAILURE' });
    });

    test('leaves alone what is not decided', async () => {
      await branch.work();
      expect(await rig.participant.reconciler(NOW).runOnce()).toEqual({ ...NOTHING, left: [branch.xid] });
      expect(await branch.isPrepared()).toBe(true);
    });

    test('leaves alone what the coordinator still has time for', async () => {
      await branch.work();
      await branch.decide('submit');
      expect(await rig.participant.reconciler().runOnce()).toEqual({ ...NOTHING, left: [branch.xid] });
      expect(await branch.isPrepared()).toBe(true);
    });

    test('rolls back what the coordinator knows nothing of, but not soon', async () => {
      const unknown = { ...branch.info, gid: await rig.accounts.open() };
      const xid = `${unknown.gid}-01`;
      await rig.participant.work(unknown, { business: branch.business, register: () => Promise.resolve() });
      const patient = rig.participant.reconciler({ olderThanSeconds: 0 });
      expect(await patient.runOnce()).toEqual({ ...NOTHING, left: [xid] });
      expect(await rig.participant.reconciler(NOW).runOnce()).toEqual({ ...NOTHING, rolledBack: [xid] });
    });

    test('does not touch what is not of its service', async () => {
      const other = rig.client.xaParticipant({ database: rig.accounts.xa, table: 'elsewhere' });
      await workUnregistered(other);
      await branch.decide('submit');
      await rig.accounts.prepareForeign();
      expect(await rig.participant.reconciler(NOW).runOnce()).toEqual(NOTHING);
      expect(await rig.accounts.prepared()).toHaveLength(2);
      expect(await other.reconciler(NOW).runOnce()).toEqual({ ...NOTHING, committed: [branch.xid] });
    });

    test('may run at several instances at once', async () => {
      await branch.work();
      await branch.decide('submit');
      const reports = await Promise.all([1, 2, 3].map(() => rig.participant.reconciler(NOW).runOnce()));
      expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
      expect(reports.some(({ committed }) => committed.includes(branch.xid))).toBe(true);
      expect(await branch.moved()).toBe(-30);
    });

    test('goes on with the others when it can do nothing about one', async () => {
      const client = new DtxClient({ coordinator: `http://127.0.0.1:${await freePort()}`, timeoutMs: 200 });
      await branch.work();
      const blind = client.xaParticipant({ database: rig.accounts.xa });
      expect(await blind.reconciler(NOW).runOnce()).toMatchObject({
        ...NOTHING,
        failed: [{ xid: branch.xid, error: { code: 'DTX_COORDINATOR_UNREACHABLE' } }],
      });
      expect(await branch.isPrepared()).toBe(true);
      await client.close();
    });

    test('ends when it is told to', async () => {
      await branch.work();
      await branch.decide('submit');
      expect(await rig.participant.reconciler(NOW).runOnce(AbortSignal.abort())).toEqual(NOTHING);
    });

    test('refuses ages that are none', () => {
      expect(() => rig.participant.reconciler({ olderThanSeconds: -1 })).toThrow('olderThanSeconds must be seconds');
      expect(() => rig.participant.reconciler({ unknownAfterSeconds: Number.NaN })).toThrow('unknownAfterSeconds must');
    });
  });
});
