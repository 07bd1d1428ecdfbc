import { BranchFailureError, type WorkflowContext } from '@nestjs-dtx/client';
import { Gate } from '@nestjs-dtx/testing';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { move } from './accounts';
import { XaWorkflowRig } from './workflow-rig';

/** Moments of a process in front of its writes: prepare; business and action of two branches; two ends; submit. */
const MOMENTS = 16;
/** Of those, the ones after which a branch's business is recorded, and its action is not. */
const NOT_RESUMABLE = [3, 4, 7, 8];

describeEngines(SHARED_ENGINES, ({ name }) => {
  describe('an xa branch of a workflow', () => {
    const cleanup = new Cleanup();
    let world: XaWorkflowRig;

    beforeAll(async () => {
      world = await XaWorkflowRig.start(cleanup, name as ServerName);
    });
    afterAll(() => cleanup.run());

    const step = (wf: WorkflowContext, account: string, by: number) =>
      wf.xa(account, world.rig.participant, async (session) => {
        await move(session, `${wf.gid}/${account}`, by);
        return { moved: by };
      });

    const transfer = async (wf: WorkflowContext) => {
      const out = await step(wf, 'alice', -30);
      const into = await step(wf, 'bob', out.moved * -1);
      return [out, into];
    };

    const refusedInTheEnd = async (wf: WorkflowContext) => {
      await transfer(wf);
      throw new BranchFailureError('changed our mind');
    };

    test('is prepared when it is done, and committed when the workflow has succeeded', async () => {
      const gid = await world.open('alice', 'bob');
      const prepared: string[] = [];
      const { outcome } = await world.attempt(gid, async (wf) => {
        const result = await transfer(wf);
        prepared.push(...(await world.prepared(gid)));
        return result;
      });
      expect(prepared.toSorted()).toEqual(['01', '02']);
      expect(outcome).toEqual([{ moved: -30 }, { moved: 30 }]);
      expect(await world.state(gid, 'alice', 'bob')).toEqual({ status: 'succeed', moved: [-30, 30], prepared: [] });
      const { branches } = await world.rig.client.query(gid);
      expect(branches.map(({ branch_id: id, op, status }) => `${id} ${op} ${status}`)).toEqual([
        '01 business succeed',
        '01 action succeed',
        '02 business succeed',
        '02 action succeed',
        '02 commit succeed',
        '01 commit succeed',
      ]);
    });

    test('is rolled back with the workflow', async () => {
      const gid = await world.open('alice', 'bob');
      const { outcome } = await world.attempt(gid, refusedInTheEnd);
      expect(outcome).toMatchObject({ name: 'TransactionFailedError', reason: 'changed our mind' });
      expect(await world.state(gid, 'alice', 'bob')).toEqual({ status: 'failed', moved: [0, 0], prepared: [] });
    });

    test('may be refused by its business, and another way be taken: nothing of it is left', async () => {
      const gid = await world.open('alice', 'bob');
      const detour = async (wf: WorkflowContext) => {
        const refused = wf.xa('alice', world.rig.participant, async (session) => {
          await move(session, `${gid}/alice`, -30);
          throw new BranchFailureError('no money');
        });
        await expect(refused).rejects.toThrow('no money');
        return step(wf, 'bob', -30);
      };
      expect(await world.attempt(gid, detour)).toMatchObject({ outcome: { moved: -30 } });
      expect(await world.state(gid, 'alice', 'bob')).toEqual({ status: 'succeed', moved: [0, -30], prepared: [] });
      await world.rig.participant.reconciler({ olderThanSeconds: 0 }).runOnce();
      expect(await world.state(gid, 'alice')).toMatchObject({ moved: [0] });
    });

    test.each([
      ['to a success', transfer, 'succeed'],
      ['to its rollback', refusedInTheEnd, 'failed'],
    ])('is on the way %s when the process dies, between any two writes', async (_, run, end) => {
      const moments = Array.from({ length: MOMENTS + 1 }, (__, moment) => moment);
      const lives = moments.map(async (moment) => {
        const gid = await world.open('alice', 'bob');
        const { died } = await world.attempt(gid, run, moment);
        const answer = await world.resumeToItsEnd(gid, run);
        return { died, answer, ...(await world.state(gid, 'alice', 'bob')) };
      });
      const expected = (moment: number) => {
        const died = moment < MOMENTS;
        // Before its first write has arrived there is no transaction, and nothing was done.
        if (moment === 0) return { died, answer: 500, status: undefined, moved: [0, 0], prepared: [] };
        if (end === 'failed' || NOT_RESUMABLE.includes(moment)) {
          return { died, answer: 409, status: 'failed', moved: [0, 0], prepared: [] };
        }
        return { died, answer: 200, status: 'succeed', moved: [-30, 30], prepared: [] };
      };
      expect(await Promise.all(lives)).toEqual(moments.map(expected));
    });

    test('that was interrupted at its prepare counts as refused, also for a function that goes on', async () => {
      const gid = await world.open('alice', 'bob');
      const detour = async (wf: WorkflowContext) => {
        try {
          return await step(wf, 'alice', -30);
        } catch (error) {
          if (!(error instanceof BranchFailureError)) throw error;
          await step(wf, 'bob', -30);
          return error.message;
        }
      };
      // Business recorded, prepared, and then the record of the action does not arrive.
      await world.attempt(gid, detour, 4);
      expect(await world.prepared(gid)).toEqual(['01']);
      expect(await world.resume(gid, detour)).toBe(200);
      expect(await world.state(gid, 'alice', 'bob')).toEqual({ status: 'succeed', moved: [0, -30], prepared: [] });
      const { outcome } = await world.attempt(gid, detour);
      expect(outcome).toBe(`xa branch 01 'alice' was interrupted at its prepare: it is not resumable`);
    });

    test('is done once, and comes to one end, when two processes are at it', async () => {
      const gid = await world.open('alice', 'bob');
      const [begun, release] = [new Gate(), new Gate()];
      let runs = 0;
      const slow = async (wf: WorkflowContext) => {
        await wf.xa('alice', world.rig.participant, async (session) => {
          runs += 1;
          await move(session, `${gid}/alice`, -30);
          begun.open();
          await release.pass();
        });
        return step(wf, 'bob', 30);
      };
      const first = world.attempt(gid, slow);
      await begun.pass();
      expect(await world.resume(gid, slow)).toBe(425);
      release.open();
      expect(await first).toMatchObject({ outcome: { moved: 30 } });
      expect(await world.resume(gid, slow)).toBe(200);
      expect(runs).toBe(1);
      expect(await world.state(gid, 'alice', 'bob')).toEqual({ status: 'succeed', moved: [-30, 30], prepared: [] });
    });

    test('is decided once when another process gives it up between its business and its record', async () => {
      const gid = await world.open('alice', 'bob');
      const [begun, release] = [new Gate(), new Gate()];
      const slow = world.rig.participantWith((session) => ({
        ...session,
        execute: async (sql, parameters) => {
          if (/^(xa end|prepare transaction)/.test(sql)) {
            begun.open();
            await release.pass();
          }
          return session.execute(sql, parameters);
        },
      }));
      const first = world.attempt(gid, (wf) => wf.xa('alice', slow, (session) => move(session, `${gid}/alice`, -30)));
      await begun.pass();
      // It cannot know whether the first one is dead; what that one is still at cannot be rolled back yet.
      expect(await world.resume(gid, transfer)).toBe(425);
      release.open();
      expect(await first).toMatchObject({ outcome: { name: 'TransactionFailedError' } });
      expect(await world.resume(gid, transfer)).toBe(409);
      expect(await world.state(gid, 'alice')).toEqual({ status: 'failed', moved: [0], prepared: [] });
    });

    test('that was left prepared when the workflow was stopped by force is rolled back by the reconciler', async () => {
      const gid = await world.open('alice', 'bob');
      // The action is recorded, its answer does not come back.
      await world.attempt(gid, transfer, 5);
      const reconciler = world.rig.participant.reconciler({ olderThanSeconds: 0 });
      expect((await reconciler.runOnce()).left).toContain(`${gid}-01`);
      await world.rig.client.forceStop(gid);
      expect((await reconciler.runOnce()).rolledBack).toContain(`${gid}-01`);
      expect(await world.state(gid, 'alice', 'bob')).toEqual({ status: 'failed', moved: [0, 0], prepared: [] });
    });

    test('cannot be called by a gid that no xid may hold: the workflow fails, and nothing is done', async () => {
      const { outcome } = await world.attempt(`it's-${name}`, transfer);
      expect(outcome).toMatchObject({
        name: 'TransactionFailedError',
        reason: 'gid of an xa transaction may only hold letters, digits and _ . : @ / + = ~ -',
      });
    });

    test('has its own commit and rollback, and no others', async () => {
      const gid = await world.open('alice');
      const { outcome } = await world.attempt(gid, (wf) =>
        wf
          .branch('alice')
          .onRollback(() => Promise.resolve())
          .xa(world.rig.participant, (session) => move(session, `${gid}/alice`, -30)),
      );
      expect(outcome).toMatchObject({
        code: 'DTX_WORKFLOW_MISUSE',
        message: expect.stringContaining('one per branch'),
      });
      expect(await world.state(gid, 'alice')).toEqual({ status: 'prepared', moved: [0], prepared: [] });
    });
  });
});
