import { DtxClient } from '@nestjs-dtx/client';
import { Gate } from '@nestjs-dtx/testing';
import { Flow } from '../flows/flow';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { freshDatabase, type ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { Accounts } from './accounts';
import { XaBank } from './bank';

describeEngines(SHARED_ENGINES, ({ name }) => {
  describe('a transfer by xa between two databases', () => {
    const cleanup = new Cleanup();
    let client: DtxClient;
    let ours: XaBank;
    let theirs: XaBank;
    let gid: string;

    beforeAll(async () => {
      const flow = await Flow.start(cleanup);
      client = new DtxClient({ coordinator: flow.coordinator.url });
      cleanup.add(() => client.close());
      const bank = async (): Promise<XaBank> =>
        XaBank.start(cleanup, client, await Accounts.create(cleanup, await freshDatabase(cleanup, name as ServerName)));
      ours = await bank();
      theirs = await bank();
    });
    afterAll(() => cleanup.run());

    beforeEach(async () => {
      gid = await ours.accounts.open();
      await theirs.accounts.open(gid);
      for (const bank of [ours, theirs]) bank.inTheMiddle = () => Promise.resolve();
    });

    const transfer = (amount: number) =>
      client
        .xa(gid)
        .waitResult()
        .retryInterval(1)
        .run(async (xa) => {
          await xa.branch(ours.url('withdraw'), { amount: 30 });
          await xa.branch(theirs.url('deposit'), { amount });
        });
    const moved = () => Promise.all([ours, theirs].map(({ accounts }) => accounts.moved(gid)));
    const status = async () => (await client.query(gid)).transaction?.status;

    test('happens in both', async () => {
      await transfer(30);
      expect(await moved()).toEqual([-30, 30]);
      expect(await status()).toBe('succeed');
      expect(ours.requests(gid)).toEqual(['withdraw[01 action]', 'withdraw[01 commit]']);
      expect(theirs.requests(gid)).toEqual(['deposit[02 action]', 'deposit[02 commit]']);
    });

    test('happens in none when one refuses, who is not asked any more', async () => {
      await expect(transfer(1000)).rejects.toMatchObject({
        code: 'DTX_FAILURE',
        message: expect.stringContaining('no money') as string,
      });
      expect(await status()).toBe('failed');
      expect(await moved()).toEqual([0, 0]);
      expect(ours.requests(gid)).toEqual(['withdraw[01 action]', 'withdraw[01 rollback]']);
      expect(theirs.requests(gid)).toEqual(['deposit[02 action]']);
      expect((await client.query(gid)).transaction?.rollback_reason).toContain('no money');
    });

    const nested = (amount: number) => {
      ours.inTheMiddle = () =>
        client.joinXa({ transType: 'xa', gid, branchId: '01' }, async (xa) => {
          await xa.branch(theirs.url('deposit'), { amount });
        });
      return client
        .xa(gid)
        .waitResult()
        .run(async (xa) => void (await xa.branch(ours.url('withdraw'), { amount: 30 })));
    };

    test('whose deposit is a branch of the withdrawal happens in both', async () => {
      await nested(30);
      expect([await moved(), await status()]).toEqual([[-30, 30], 'succeed']);
      expect(theirs.requests(gid)).toEqual(['deposit[0101 action]', 'deposit[0101 commit]']);
    });

    test('whose deposit is a branch of the withdrawal happens in none when it refuses', async () => {
      await expect(nested(1000)).rejects.toMatchObject({ code: 'DTX_FAILURE' });
      expect([await moved(), await status()]).toEqual([[0, 0], 'failed']);
      expect(theirs.requests(gid)).toEqual(['deposit[0101 action]']);
    });

    test('happens in none when it takes too long, and what comes late is not prepared', async () => {
      const late = new Gate();
      theirs.inTheMiddle = () => late.pass();
      const outcome = client
        .xa(gid)
        .timeoutToFail(1)
        .retryInterval(1)
        .run(async (xa) => {
          await xa.branch(ours.url('withdraw'), { amount: 30 });
          await xa.branch(theirs.url('deposit'), { amount: 30 });
        });
      const error = outcome.catch((reason: unknown) => reason);
      await until('the coordinator has rolled it back', async () => (await status()) === 'failed');
      late.open();
      expect(await error).toMatchObject({
        code: 'DTX_FAILURE',
        message: expect.stringContaining('the transaction was decided without this branch') as string,
      });
      expect(await moved()).toEqual([0, 0]);
      expect(await ours.accounts.prepared()).toEqual([]);
      expect(await theirs.accounts.prepared()).toEqual([]);
      expect((await client.query(gid)).transaction?.rollback_reason).toMatch(/^Timeout after 1 seconds/);
    });

    test('by many at once keeps the sum', async () => {
      const gids = [gid];
      while (gids.length < 12) {
        const next = await ours.accounts.open();
        await theirs.accounts.open(next);
        gids.push(next);
      }
      const outcomes = await Promise.allSettled(
        gids.map((each, index) =>
          client
            .xa(each)
            .waitResult()
            .retryInterval(1)
            .run((xa) =>
              Promise.all([
                xa.branch(ours.url('withdraw'), { amount: 30 }),
                xa.branch(theirs.url('deposit'), { amount: index % 3 === 0 ? 1000 : 30 }),
              ]),
            ),
        ),
      );
      for (const [index, each] of gids.entries()) {
        const refused = index % 3 === 0;
        expect(outcomes[index]?.status).toBe(refused ? 'rejected' : 'fulfilled');
        expect(await ours.accounts.moved(each)).toBe(refused ? 0 : -30);
        expect(await theirs.accounts.moved(each)).toBe(refused ? 0 : 30);
      }
    });
  });
});
