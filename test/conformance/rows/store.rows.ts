import type { Row } from '../row';

/** A.8: what the reference tests at its store, seen from outside. ST-03 needs two coordinators and stands with them. */
export const STORE_ROWS: readonly Row[] = [
  {
    id: 'ST-01',
    title: 'branches are shown in the order of their registration, and none is added once the transaction goes on',
    run: async (context) => {
      const tcc = context.newTcc();
      await tcc.begin();
      for (const [id, name] of [
        ['01', 'OUT'],
        ['02', 'IN'],
      ] as const) {
        expect((await tcc.register(tcc.branch(id, name))).status).toBe(200);
      }
      const registered = await rowsOf(tcc.gid);
      expect(registered).toEqual(['01 cancel', '01 confirm', '02 cancel', '02 confirm']);
      tcc.answers({ 'IN.conf': '1:wait' });
      expect((await tcc.submit()).status).toBe(200);
      expect(await tcc.settledAfter(1)).toMatchObject({ status: 'submitted' });
      expect(await tcc.register(tcc.branch('03', 'OUT'))).toMatchObject({
        status: 409,
        json: { dtm_result: 'FAILURE', message: `no trans with gid: ${tcc.gid} status: prepared found FAILURE` },
      });
      expect(await rowsOf(tcc.gid)).toEqual(registered);

      async function rowsOf(gid: string): Promise<string[]> {
        return (await context.api.query(gid)).branches.map((branch) => `${branch.branch_id} ${branch.op}`);
      }
    },
  },

  {
    id: 'ST-06',
    title: 'a transaction that is made due is visited within the next look for work',
    run: async ({ saga, busi }) => {
      saga.answers({ OUT: '1:wait' });
      await saga.start({ retry_interval: 3600 });
      const { transaction: before } = await saga.settledAfter(1);
      expect(Date.parse(before.next_cron_time ?? '')).toBeGreaterThan(Date.now() + 3_000_000);
      await saga.revisit();
      // The coordinator looks for work every second; without the change nothing would come within the hour.
      await busi.received(saga.gid, 2, { withinMs: 20_000 });
      const { transaction } = await saga.ended();
      expect(Date.parse(transaction.update_time)).toBeGreaterThanOrEqual(Date.parse(before.update_time));
    },
  },

  {
    id: 'ST-07',
    title: 'the barrier runs a business once, and one that fails leaves no row',
    run: async (context) => {
      const accounts = await context.accountsOf(context.saga);
      const { database } = accounts;
      const info = { transType: 'saga', gid: context.saga.gid, branchId: '01', op: 'action' };
      const failing = accounts.receive(info, () => Promise.reject(new Error('no funds')));
      await expect(failing).rejects.toThrow('no funds');
      const placeholder = database.dialect === 'postgres' ? '$1' : '?';
      const rows = () => database.query(`select op from dtx_barrier where gid = ${placeholder}`, [info.gid]);
      expect(await rows()).toEqual([]);
      for (let repetition = 0; repetition < 2; repetition += 1) {
        await accounts.receive(info, (executor) => accounts.apply(executor, info, 'OUT'));
      }
      expect(await rows()).toEqual([{ op: 'action' }]);
      expect(await accounts.moved(info.gid)).toEqual({ OUT: -30, IN: 0 });
    },
  },
];
