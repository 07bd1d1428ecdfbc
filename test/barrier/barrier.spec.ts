import { Barrier, queryPrepared, type BarrierInfo, type BarrierResult, type SqlExecutor } from '@nestjs-dtx/client';
import { Gate } from '@nestjs-dtx/testing';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { barrierDatabase, type BarrierDatabase } from './barrier-database';

/** Long enough for a statement to reach the server and to wait there. Milliseconds. */
const A_WHILE_MS = 150;

describeEngines(SHARED_ENGINES, ({ name }) => {
  describe('the barrier on a real server', () => {
    const cleanup = new Cleanup();
    let database: BarrierDatabase;

    beforeAll(async () => {
      database = await barrierDatabase(cleanup, name as ServerName);
    });

    afterAll(() => cleanup.run());

    let lastGid = 0;
    let gid = '';
    beforeEach(() => {
      lastGid += 1;
      gid = `g${lastGid}`;
    });

    const request = (op: string, more: Partial<BarrierInfo> = {}): BarrierInfo => ({
      transType: 'saga',
      gid,
      branchId: '01',
      op,
      ...more,
    });

    /** One request whose business leaves an effect. @param during runs in the open transaction, after the business */
    function call(info: BarrierInfo, during: () => Promise<unknown> = async () => {}): Promise<BarrierResult<void>> {
      return database.transaction(async (executor) => {
        const result = await new Barrier(info, database).call(executor, () => effect(executor, info));
        await during();
        return result;
      });
    }

    async function effect(executor: SqlExecutor, info: BarrierInfo): Promise<void> {
      const [first, second] = database.dialect === 'postgres' ? ['$1', '$2'] : ['?', '?'];
      await executor.execute(`insert into effects values (${first}, ${second})`, [info.gid, info.op]);
    }

    const effects = async (): Promise<unknown[]> =>
      (await database.query(`select op from effects where gid = '${gid}' order by op`)).map(({ op }) => op);

    const reasonOf = (result: BarrierResult<void>): string => (result.ran ? 'ran' : result.reason);

    it('runs a request once, however often it comes', async () => {
      const results = [await call(request('action')), await call(request('action')), await call(request('action'))];
      expect(results.map(reasonOf)).toEqual(['ran', 'duplicate', 'duplicate']);
      expect(await effects()).toEqual(['action']);
    });

    it('undoes what took effect, once', async () => {
      await call(request('action'));
      expect(reasonOf(await call(request('compensate')))).toBe('ran');
      expect(reasonOf(await call(request('compensate')))).toBe('duplicate');
      expect(await effects()).toEqual(['action', 'compensate']);
    });

    it.each([
      ['action', 'compensate'],
      ['try', 'cancel'],
      ['action', 'rollback'],
    ])(
      'suppresses the undo of %s that never came, and that request when it comes late (undone by %s)',
      async (forward, undo) => {
        expect(reasonOf(await call(request(undo)))).toBe('null-compensation');
        expect(reasonOf(await call(request(forward)))).toBe('suspended');
        expect(reasonOf(await call(request(undo)))).toBe('duplicate');
        expect(await effects()).toEqual([]);
      },
    );

    it('runs again after a business that failed', async () => {
      await expect(call(request('action'), () => Promise.reject(new Error('crash')))).rejects.toThrow('crash');
      expect(await effects()).toEqual([]);
      expect(reasonOf(await call(request('action')))).toBe('ran');
    });

    it('tells requests apart that differ in anything, the case of a letter included', async () => {
      const others = [
        request('action'),
        request('action', { gid: gid.toUpperCase() }),
        request('action', { branchId: '02' }),
        request('confirm'),
      ];
      for (const info of others) expect(reasonOf(await call(info))).toBe('ran');
    });

    it('lets a repetition wait for the first request, and suppresses it when that has committed', async () => {
      const { first, second } = await crossing(request('action'), request('action'), 'commit');
      expect([first, second]).toEqual(['ran', 'duplicate']);
      expect(await effects()).toEqual(['action']);
    });

    it('lets a repetition wait for the first request, and runs it when that has failed', async () => {
      const { first, second } = await crossing(request('action'), request('action'), 'fail');
      expect([first, second]).toEqual(['failed', 'ran']);
      expect(await effects()).toEqual(['action']);
    });

    it('lets an undo wait for its action, and undoes it when that has committed', async () => {
      const { first, second } = await crossing(request('action'), request('compensate'), 'commit');
      expect([first, second]).toEqual(['ran', 'ran']);
      expect(await effects()).toEqual(['action', 'compensate']);
    });

    it('lets an undo wait for its action, and has nothing to undo when that has failed', async () => {
      const { first, second } = await crossing(request('action'), request('compensate'), 'fail');
      expect([first, second]).toEqual(['failed', 'null-compensation']);
      expect(await effects()).toEqual([]);
    });

    it('lets an action wait for an undo that came first, and suppresses it', async () => {
      const { first, second } = await crossing(request('compensate'), request('action'), 'commit');
      expect([first, second]).toEqual(['null-compensation', 'suspended']);
      expect(await effects()).toEqual([]);
    });

    it('runs one of many requests at once', async () => {
      const results = await Promise.all(Array.from({ length: 10 }, () => call(request('action'))));
      expect(results.map(reasonOf).filter((reason) => reason === 'ran')).toHaveLength(1);
      expect(results.map(reasonOf).filter((reason) => reason === 'duplicate')).toHaveLength(9);
      expect(await effects()).toEqual(['action']);
    });

    it('sees the row of the other request, though its own transaction had read before', async () => {
      await database.transaction(async (executor) => {
        // From here on a repeatable read looks at the past.
        await executor.execute('select count(*) from effects', []);
        await call(request('action'));
        const repeated = await new Barrier(request('action'), database).call(executor, () =>
          effect(executor, request('x')),
        );
        expect(reasonOf(repeated)).toBe('duplicate');
      });
      expect(await effects()).toEqual(['action']);
    });

    it('answers the check-back of a message by what became of its local transaction', async () => {
      const message = request('msg', { transType: 'msg', branchId: '00' });
      const checkBack = () => database.transaction((executor) => queryPrepared(executor, message, database));
      await call(message);
      expect([await checkBack(), await checkBack()]).toEqual(['committed', 'committed']);
      gid = `${gid}-lost`;
      const lost = { ...message, gid };
      expect(await database.transaction((executor) => queryPrepared(executor, lost, database))).toBe('rolled-back');
      await expect(call(lost)).rejects.toMatchObject({ code: 'DTX_BARRIER_DUPLICATED' });
      expect(await effects()).toEqual([]);
    });

    /**
     * The second request comes while the transaction of the first is open, and has to wait for it.
     *
     * @param end how the first one ends
     */
    async function crossing(one: BarrierInfo, two: BarrierInfo, end: 'commit' | 'fail') {
      const [reached, gate] = [new Gate(), new Gate()];
      const first = call(one, async () => {
        reached.open();
        await gate.pass();
        if (end === 'fail') throw new Error('crash');
      }).then(reasonOf, () => 'failed');
      await reached.pass();
      let isDone = false;
      const second = call(two).then((result) => {
        isDone = true;
        return reasonOf(result);
      });
      await new Promise((resolve) => setTimeout(resolve, A_WHILE_MS));
      expect(isDone).toBe(false);
      gate.open();
      return { first: await first, second: await second };
    }
  });
});
