import {
  Barrier,
  BranchFailureError,
  queryPrepared,
  type BarrierInfo,
  type LocalDatabase,
  type SqlExecutor,
} from '@nestjs-dtx/client';
import { ANSWERS, Gate, ScriptedService } from '@nestjs-dtx/testing';
import { barrierDatabase, type BarrierDatabase } from '../barrier/barrier-database';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { SdkRig } from './sdk-rig';

describeEngines(SHARED_ENGINES, ({ name }) => {
  describe('a message and a local transaction, on a real coordinator,', () => {
    const cleanup = new Cleanup();
    let rig: SdkRig;
    let database: BarrierDatabase;
    let local: LocalDatabase;
    /** The sender's check-back. */
    let shop: ScriptedService;
    let gid: string;

    beforeAll(async () => {
      rig = await SdkRig.start(cleanup);
      database = await barrierDatabase(cleanup, name as ServerName);
      local = { dialect: database.dialect, inTransaction: (work) => database.transaction(work) };
      shop = await ScriptedService.start();
      cleanup.add(() => shop.stop());
      shop.script = async ({ query }) => {
        const info = { transType: 'msg', gid: query['gid']!, branchId: '00', op: 'msg' };
        const answer = await database.transaction((executor) => queryPrepared(executor, info, local));
        return answer === 'committed' ? ANSWERS.success : ANSWERS.failure;
      };
    });
    afterAll(() => cleanup.run());

    beforeEach(() => {
      gid = rig.newGid('msg');
    });

    const message = () => rig.client.msg(gid).timeoutToFail(1).retryInterval(1).add(`${rig.busi.url}/award`, { n: 10 });
    const effect = async (executor: SqlExecutor): Promise<void> => {
      await executor.execute(`insert into effects values ('${gid}', 'order')`, []);
    };
    const effects = async (): Promise<number> =>
      (await database.query(`select op from effects where gid = '${gid}'`)).length;
    const checkBacks = (): number => shop.calls.filter(({ query }) => query['gid'] === gid).length;
    const DELIVERED = ['award[01 action]'];

    test('are one: both happen', async () => {
      await message().waitResult().doAndSubmitDb(shop.url, local, effect);
      expect(await effects()).toBe(1);
      expect(rig.calls(gid)).toEqual(DELIVERED);
      expect(checkBacks()).toBe(0);
    });

    test('are one: neither happens when the work refuses', async () => {
      const refused = message().doAndSubmitDb(shop.url, local, async (executor) => {
        await effect(executor);
        throw new BranchFailureError('out of stock');
      });
      await expect(refused).rejects.toThrow('out of stock');
      expect((await rig.client.query(gid)).transaction?.status).toBe('failed');
      expect(await effects()).toBe(0);
      expect(rig.calls(gid)).toEqual([]);
      expect(checkBacks()).toBe(0);
    });

    test('are one: neither happens when the work breaks', async () => {
      const broken = message().doAndSubmitDb(shop.url, local, async (executor) => {
        await effect(executor);
        await executor.execute('select nothing from nowhere', []);
      });
      await expect(broken).rejects.toThrow('nowhere');
      expect((await rig.client.query(gid)).transaction?.status).toBe('failed');
      expect(await effects()).toBe(0);
      expect(checkBacks()).toBe(1);
    });

    /** What a sender does that dies: the message is prepared, and nobody submits it. */
    async function dyingSender(work: (info: BarrierInfo) => Promise<void>): Promise<void> {
      await message().prepare(shop.url);
      await work({ transType: 'msg', gid, branchId: '00', op: 'msg' });
    }

    test('are one when the sender dies after its commit: the coordinator finds out', async () => {
      await dyingSender(async (info) => {
        await database.transaction((executor) => new Barrier(info, local).call(executor, () => effect(executor)));
      });
      await rig.reached(gid, 'succeed');
      expect(await effects()).toBe(1);
      expect(rig.calls(gid)).toEqual(DELIVERED);
    });

    test('are one when the sender dies before its commit', async () => {
      await dyingSender(async () => {});
      await rig.reached(gid, 'failed');
      expect(rig.calls(gid)).toEqual([]);
      // Should it rise again, it may not commit.
      await expect(message().doAndSubmitDb(shop.url, local, effect)).rejects.toMatchObject({
        code: 'DTX_TRANSACTION_FAILED',
      });
      expect(await effects()).toBe(0);
    });

    test('are one when the check-back comes while the local transaction is open', async () => {
      const commit = new Gate();
      const slow = message().doAndSubmitDb(shop.url, local, async (executor) => {
        await effect(executor);
        await commit.pass();
      });
      await shop.received(shop.calls.length + 1);
      commit.open();
      await slow;
      await rig.reached(gid, 'succeed');
      expect(await effects()).toBe(1);
      expect(rig.calls(gid)).toEqual(DELIVERED);
    });
  });
});

describe('a message by the client, on a real coordinator,', () => {
  const cleanup = new Cleanup();
  let rig: SdkRig;

  beforeAll(async () => {
    rig = await SdkRig.start(cleanup);
  });
  afterAll(() => cleanup.run());

  test('waits for its delay', async () => {
    const gid = rig.newGid('delayed');
    const sentAt = performance.now();
    await rig.client.msg(gid).add(`${rig.busi.url}/award`, {}).delay(1).submit();
    const [call] = await rig.busi.received(gid, 1);
    expect(call!.arrivedAt - sentAt).toBeGreaterThanOrEqual(1000);
    await rig.reached(gid, 'succeed');
  });

  test('goes to everybody who has subscribed to its topic', async () => {
    const { topics } = rig.client;
    const [first, second] = [`${rig.busi.url}/first?a=b`, `${rig.busi.url}/second`];
    expect(await topics.subscribe('order.paid', first, 'remark & more')).toBe(true);
    expect(await topics.subscribe('order.paid', second)).toBe(true);
    expect(await topics.subscribe('order.paid', second)).toBe(false);
    const send = async (): Promise<string[]> => {
      const gid = rig.newGid('topic');
      await rig.client.msg(gid).topic('order.paid', { order: 7 }).waitResult().submit();
      return rig.calls(gid);
    };
    expect(await send()).toEqual(['first[01-01 action]', 'second[01-02 action]']);
    expect(await topics.unsubscribe('order.paid', first)).toBe(true);
    expect(await topics.unsubscribe('order.paid', first)).toBe(false);
    expect(await send()).toEqual(['second[01 action]']);
    expect(await topics.delete('order.paid')).toBe(true);
    expect(await topics.delete('order.paid')).toBe(false);
    await expect(send()).rejects.toMatchObject({
      code: 'DTX_COORDINATOR_REFUSED',
      message: expect.stringContaining('topic not found') as string,
    });
  });

  test('is repeated until every receiver has succeeded', async () => {
    const gid = rig.newGid('repeated');
    rig.busi.script(gid, { award: '1:wait,2:fail' });
    const message = rig.client.msg(gid).retryInterval(1).add(`${rig.busi.url}/award`, {}).add(`${rig.busi.url}/mail`);
    await message.submit();
    await rig.reached(gid, 'succeed');
    expect(rig.calls(gid)).toEqual(['award[01 action]', 'award[01 action]', 'award[01 action]', 'mail[02 action]']);
  });
});
