import type { XaSession } from '@nestjs-dtx/client';
import { Gate } from '@nestjs-dtx/testing';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { DUPLICATE, INCIDENT, MOVED, ONGOING, XaRig, type BranchCase } from './xa-rig';

describeEngines(SHARED_ENGINES, ({ name }) => {
  describe('requests of an xa branch in the wrong order', () => {
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

    test('work that comes after its rollback is not done', async () => {
      await branch.rollback();
      await expect(branch.work()).rejects.toMatchObject({ code: 'DTX_FAILURE' });
      expect(await branch.isPrepared()).toBe(false);
      expect(await branch.moved()).toBe(0);
      expect(await branch.registered()).toEqual([]);
    });

    test('a commit that finds nothing to commit is no success, and leaves nothing behind', async () => {
      await expect(branch.commit()).rejects.toMatchObject({
        ...INCIDENT,
        message: `xa branch ${branch.xid} is neither prepared nor committed in this database`,
      });
      expect(await branch.work()).toEqual(MOVED);
    });

    test('work whose connection breaks after the prepare is done once', async () => {
      await expect(branch.work(rig.participantWith(breakingAfterPrepare))).rejects.toThrow('connection lost');
      await until('the branch is prepared', () => branch.isPrepared());
      expect(await branch.work()).toEqual(DUPLICATE);
      await branch.commit();
      expect(await branch.moved()).toBe(-30);
    });

    describe('while its work goes on:', () => {
      let release: Gate;
      let first: Promise<unknown>;

      beforeEach(async () => {
        release = new Gate();
        const begun = new Gate();
        first = rig.participant
          .handle(branch.info, async (session) => {
            await branch.business(session);
            begun.open();
            await release.pass();
            return 'moved';
          })
          .catch((error: unknown) => error);
        await begun.pass();
      });

      test('a repeated request is to be asked again', async () => {
        await expect(branch.work()).rejects.toMatchObject(ONGOING);
        release.open();
        expect(await first).toEqual(MOVED);
        expect(await branch.work()).toEqual(DUPLICATE);
        await branch.commit();
        expect(await branch.moved()).toBe(-30);
      });

      test('a commit is no success', async () => {
        await expect(branch.commit()).rejects.toMatchObject(ONGOING);
        release.open();
        expect(await first).toEqual(MOVED);
        await branch.commit();
        expect(await branch.moved()).toBe(-30);
      });

      test('a rollback is no success, and the work is not prepared any more', async () => {
        await branch.decide('abort');
        await expect(branch.rollback()).rejects.toMatchObject(ONGOING);
        release.open();
        expect(await first).toMatchObject({
          code: 'DTX_FAILURE',
          cause: { code: 'DTX_COORDINATOR_REFUSED', status: 409 },
        });
        expect(await branch.isPrepared()).toBe(false);
        await branch.rollback();
        expect(await rig.accounts.barrierRow(branch.gid)).toBe('rollback');
        expect(await branch.moved()).toBe(0);
      });
    });
  });
});

const single = new Cleanup();
afterAll(() => single.run());

const only = (wanted: ServerName) => SHARED_ENGINES.filter(({ name }) => name === wanted);

describeEngines(only('mariadb'), () => {
  test('an xa branch that is prepared on a connection which is not closed yet does not count as committed', async () => {
    const rig = await XaRig.start(single, 'mariadb');
    const branch = await rig.branch();
    const close = new Gate();
    const slow = rig.participantWith((session) => ({
      ...session,
      destroy: async () => {
        await close.pass();
        await session.destroy();
      },
    }));
    const first = branch.work(slow);
    await until('the branch is prepared', () => branch.isPrepared());
    await expect(branch.commit()).rejects.toMatchObject(ONGOING);
    await expect(branch.rollback()).rejects.toMatchObject(ONGOING);
    const waiting = branch.commit();
    close.open();
    await waiting;
    expect(await first).toEqual(MOVED);
    expect(await branch.moved()).toBe(-30);
  });
});

describeEngines(only('postgres'), () => {
  test('an xa branch that was broken by a statement whose error was swallowed is not prepared', async () => {
    const rig = await XaRig.start(single, 'postgres');
    const branch = await rig.branch();
    const careless = rig.participant.handle(branch.info, async (session) => {
      await branch.business(session);
      await session.execute('select nothing from nowhere', []).catch(() => {});
    });
    await expect(careless).rejects.toThrow('current transaction is aborted');
    expect(await branch.isPrepared()).toBe(false);
    expect(await branch.registered()).toEqual([]);
  });
});

/** Loses the connection when a branch is prepared on it, before the answer is there. */
function breakingAfterPrepare(session: XaSession): XaSession {
  return {
    ...session,
    execute: async (sql, parameters) => {
      const result = await session.execute(sql, parameters);
      if (/^(xa prepare|prepare transaction)/.test(sql)) throw new Error('connection lost');
      return result;
    },
  };
}
