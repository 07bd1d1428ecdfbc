import type { XaSession } from '@nestjs-dtx/client';
import { Gate } from '@nestjs-dtx/testing';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { freshDatabase, type ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { Accounts, move } from './accounts';
import { MOVED, XaRig, type BranchCase } from './xa-rig';

describeEngines(SHARED_ENGINES, ({ name }) => {
  describe('xa branches that want the same', () => {
    const cleanup = new Cleanup();
    let rig: XaRig;

    beforeAll(async () => {
      rig = await XaRig.start(cleanup, name as ServerName);
    });
    afterAll(() => cleanup.run());

    const impatient = (atOnce = 8) =>
      rig.client.xaParticipant({ database: rig.accounts.xa, atOnce, lockWaitSeconds: 1 });
    const second = ({ info }: BranchCase) => ({ ...info, branchId: '02' });
    const pay = (gid: string) => async (session: XaSession) => {
      await move(session, gid, -10);
      return 'moved';
    };

    test('a second branch of a transaction on the rows of its first one is undone soon, and told why', async () => {
      const branch = await rig.branch();
      expect(await branch.work()).toEqual(MOVED);
      await expect(impatient().handle(second(branch), pay(branch.gid))).rejects.toMatchObject({
        code: 'DTX_ONGOING',
        message:
          `xa branch ${branch.gid}-02 was undone, as it did not get its rows within 1 s; another branch of the same transaction ` +
          'is prepared here: if both touch the same rows, they wait for each other, so do their work in one branch',
      });
      expect(await rig.accounts.isPrepared(`${branch.gid}-02`)).toBe(false);
      await branch.commit();
      expect(await branch.moved()).toBe(-30);
      expect(await impatient().handle(second(branch), pay(branch.gid))).toEqual(MOVED);
      await rig.participant.rollback(second(branch));
    });

    test('a branch that waits too long for the rows of another transaction is undone', async () => {
      const [holder, other] = [await rig.branch(), await rig.branch()];
      await holder.work();
      await expect(impatient().handle(other.info, pay(holder.gid))).rejects.toMatchObject({
        code: 'DTX_ONGOING',
        message: expect.stringContaining('another transaction holds them: try again later') as string,
      });
      expect(await other.isPrepared()).toBe(false);
      await holder.rollback();
      expect(await impatient().handle(other.info, pay(holder.gid))).toEqual(MOVED);
      await other.rollback();
    });

    test('a branch prepared in another database on the same server is not taken for the one that holds the rows', async () => {
      const holder = await rig.branch();
      await holder.work();
      const elsewhere = await Accounts.create(cleanup, await freshDatabase(cleanup, name as ServerName));
      const branch = await rig.branch();
      await elsewhere.open(branch.gid);
      const first = rig.client.xaParticipant({ database: elsewhere.xa });
      expect(await first.handle(branch.info, branch.business)).toEqual(MOVED);
      await expect(impatient().handle(second(branch), pay(holder.gid))).rejects.toMatchObject({
        message: expect.stringContaining('another transaction holds them') as string,
      });
      await first.rollback(branch.info);
      await holder.rollback();
    });

    test('those that wait for rows do not keep out the transaction that holds them', async () => {
      const participant = impatient(2);
      const holder = await rig.branch();
      await participant.handle(holder.info, pay(holder.gid));
      const own = await rig.accounts.open(`${holder.gid}/own`);
      const [begun, release] = [new Gate(), new Gate()];
      const waiting = [await rig.branch(), await rig.branch(), await rig.branch()].map(async (branch) =>
        participant
          .handle(branch.info, async () => {
            begun.open();
            await release.pass();
          })
          .catch((error: unknown) => error),
      );
      await begun.pass();
      // The third has no place, and the holder's next branch needs none.
      expect(await participant.handle(second(holder), pay(own))).toEqual(MOVED);
      expect(await Promise.race(waiting)).toMatchObject({
        code: 'DTX_ONGOING',
        message: '2 xa branches are at work here, and none ended in time: try again later',
      });
      release.open();
      await Promise.all(waiting);
      await rig.participant.commit(second(holder));
      await rig.participant.commit(holder.info);
      expect([await holder.moved(), await rig.accounts.moved(own)]).toEqual([-10, -10]);
    });

    test.each([
      [{ atOnce: 0 }, 'atOnce must be a whole number from 1, not 0'],
      [{ lockWaitSeconds: 0.5 }, 'lockWaitSeconds must be a whole number from 1, not 0.5'],
    ])('limits that are none are refused: %j', (limits, message) => {
      expect(() => rig.client.xaParticipant({ database: rig.accounts.xa, ...limits })).toThrow(message);
    });
  });
});
