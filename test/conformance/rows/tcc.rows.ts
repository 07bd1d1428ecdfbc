import type { Word } from '../../support/fixture/answer';
import type { Scripts } from '../../support/fixture/fixture-service';
import { payload } from '../../support/fixture/transfer';
import { BranchError, callBranch } from '../../support/transactions/branch-request';
import { overHttp } from '../../support/transactions/command-channel';
import { callTccBranch, type TccBranch, type TccCase } from '../../support/transactions/tcc-case';
import type { Row } from '../row';

const CONFIRMED = ['IN.conf[02 confirm]', 'OUT.conf[01 confirm]'];
const TIMEOUT = expect.stringMatching(/^Timeout after \d+ seconds$/) as string;

/** A.5: TCC over plain HTTP. */
export const TCC_ROWS: readonly Row[] = [
  {
    id: 'TCC-01',
    title: 'branches that were tried are confirmed in reverse order',
    run: async (context) => {
      const tcc = context.newTcc();
      await tcc.run(() => transfer(tcc));
      expect(await tcc.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S', reason: '' });
      expect(tcc.serverCalls).toEqual(CONFIRMED);
      expect(tcc.serverRecords.map(({ method, body }) => [method, body])).toEqual(Array(2).fill(['POST', payload()]));
    },
  },

  {
    id: 'TCC-02',
    title: 'a refused try cancels all branches, and a cancel that is not done yet is repeated',
    run: async (context) => {
      const tcc = context.newTcc();
      tcc.answers({ IN: 'fail', 'OUT.rev': '1:wait' });
      await expect(tcc.run(() => transfer(tcc))).rejects.toThrow('FAILURE');
      expect(await tcc.settledAfter(4)).toMatchObject({ status: 'aborting', rows: 'P P S P' });
      await tcc.revisit();
      const state = await tcc.ended();
      expect(state).toMatchObject({ status: 'failed', rows: 'S P S P' });
      expect(state.reason).toContain('FAILURE');
      expect(tcc.serverCalls).toEqual(['IN.rev[02 cancel]', 'OUT.rev[01 cancel]', 'OUT.rev[01 cancel]']);
    },
  },

  {
    id: 'TCC-04',
    title: 'clients of early versions, with their path and their words, are served alike',
    run: async (context) => {
      const tcc = context.newTcc();
      const { gid } = tcc;
      await tcc.run(async () => {
        for (const branch of [tcc.branch('01', 'OUT'), tcc.branch('02', 'IN')]) {
          const { id: branch_id, try: url, confirm, cancel, data } = branch;
          const row = { gid, branch_id, trans_type: 'tcc', status: 'prepared', data, try: url, confirm, cancel };
          expect((await context.api.post('registerTccBranch', row)).status).toBe(200);
          const info = { gid, dtm: '', branch_id, trans_type: 'tcc', branch_type: 'try' };
          await callBranch({ url, info, body: data });
        }
      });
      expect(await tcc.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(tcc.calls).toEqual(['OUT[01 try]', 'IN[02 try]', ...CONFIRMED]);
    },
  },

  {
    id: 'TCC-05',
    title: 'branches without confirm and cancel need no call',
    run: async (context) => {
      const tcc = context.newTcc();
      const branch = tcc.branch('01', 'HeaderYes', { confirm: '', cancel: '' });
      await tcc.run(() => tcc.call(branch), { branch_headers: { test_header: 'test' } });
      expect(await tcc.ended()).toMatchObject({ status: 'succeed', rows: 'P S' });
      expect(tcc.calls).toEqual(['HeaderYes[01 try]']);
      expect(tcc.serverCalls).toEqual([]);
    },
  },

  {
    id: 'TCC-06',
    title: 'a branch that a branch has registered is confirmed before it',
    run: async (context) => {
      const tcc = context.newTcc();
      tcc.answers({
        IN: async (_, { gid, branchId, query: { dtm = '' } }): Promise<Word> => {
          await callTccBranch({ gid, dtm, channel: overHttp(dtm) }, tcc.branch(`${branchId}01`, 'IN2'));
          return 'ok';
        },
      });
      await tcc.run(() => transfer(tcc));
      expect(await tcc.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S P S' });
      expect(tcc.serverCalls).toEqual(['IN2.conf[0201 confirm]', ...CONFIRMED]);
    },
  },

  {
    id: 'TCC-07',
    title: 'a client that reaches no coordinator does not begin its work',
    run: async (context) => {
      const tcc = context.newTcc(await context.toNobody());
      await expect(tcc.run(() => transfer(tcc))).rejects.toThrow('ECONNREFUSED');
      expect(tcc.calls).toEqual([]);
    },
  },

  {
    id: 'TCC-08',
    title: 'a client whose work throws before it has called a branch leaves nothing to undo',
    run: async (context) => {
      const tcc = context.newTcc();
      await expect(tcc.run(() => Promise.reject(new Error('panic')))).rejects.toThrow('panic');
      expect(await tcc.ended()).toMatchObject({ status: 'failed', rows: '', reason: 'panic' });
      expect(tcc.calls).toEqual([]);
    },
  },

  {
    id: 'TCC-09',
    title: 'services that answer 200 to everything are understood by their words',
    run: async (context) => {
      const tcc = context.newTcc();
      tcc.answers({ 'OUT.conf.old': '1:wait' });
      await tcc.run(async () => {
        await tcc.call(oldBranch(tcc, '01', 'OUT'));
        await tcc.call(oldBranch(tcc, '02', 'IN'));
      });
      expect(await tcc.settledAfter(4)).toMatchObject({ status: 'submitted', rows: 'P P P S' });
      await tcc.revisit();
      expect(await tcc.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      const [inConfirmed, outConfirmed] = ['IN.conf.old[02 confirm]', 'OUT.conf.old[01 confirm]'];
      expect(tcc.serverCalls).toEqual([inConfirmed, outConfirmed, outConfirmed]);
    },
  },

  {
    id: 'TCC-11',
    title: 'a client that is too slow finds its transaction cancelled',
    run: async (context) => {
      const tcc = context.newTcc();
      const slow = async (): Promise<void> => {
        await tcc.call(oldBranch(tcc, '01', 'OUT'));
        expect(await tcc.ended()).toMatchObject({ status: 'failed', rows: 'S P', reason: TIMEOUT });
        const refused = await tcc.register(oldBranch(tcc, '02', 'IN'));
        expect(refused).toMatchObject({ status: 409, json: { dtm_result: 'FAILURE' } });
        throw new Error(refused.text);
      };
      await expect(tcc.run(slow, { timeout_to_fail: 2, retry_interval: 3 })).rejects.toThrow('FAILURE');
      expect(await tcc.abort()).toMatchObject({ status: 409, json: { dtm_result: 'FAILURE' } });
      expect(await tcc.submit()).toMatchObject({ status: 409, json: { dtm_result: 'FAILURE' } });
      expect(await tcc.state()).toMatchObject({ status: 'failed', rows: 'S P', reason: TIMEOUT });
      expect(tcc.serverCalls).toEqual(['OUT.rev.old[01 cancel]']);
    },
  },

  {
    id: 'TCC-40',
    title: 'a TCC behind the barrier moves the amount when it is confirmed',
    run: async (context) => {
      const tcc = context.newTcc();
      const accounts = await context.accountsOf(tcc);
      const scripts: Scripts = Object.fromEntries(
        (['OUT', 'IN'] as const).flatMap((name) =>
          ['', '.conf', '.rev'].map((suffix) => [`${name}_B${suffix}`, accounts.guarded(name)]),
        ),
      );
      tcc.answers(scripts);
      await tcc.run(() => transfer(tcc, '_B'));
      expect(await tcc.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(tcc.serverCalls).toEqual(['IN_B.conf[02 confirm]', 'OUT_B.conf[01 confirm]']);
      expect(await accounts.moved(tcc.gid)).toEqual({ OUT: -30, IN: 30 });
    },
  },

  {
    id: 'TCC-41',
    title: 'a TCC behind the barrier that is cancelled moves nothing',
    run: async (context) => {
      const tcc = context.newTcc();
      const accounts = await context.accountsOf(tcc);
      tcc.answers({
        OUT_B: accounts.guarded('OUT'),
        'OUT_B.rev': accounts.guarded('OUT'),
        IN_B: accounts.refusing('IN'),
        'IN_B.rev': accounts.guarded('IN'),
      });
      await expect(tcc.run(() => transfer(tcc, '_B'))).rejects.toThrow(BranchError);
      expect(await tcc.ended()).toMatchObject({ status: 'failed', rows: 'S P S P' });
      expect(tcc.serverCalls).toEqual(['IN_B.rev[02 cancel]', 'OUT_B.rev[01 cancel]']);
      expect(await accounts.moved(tcc.gid)).toEqual({ OUT: 0, IN: 0 });
    },
  },

  {
    id: 'TCC-45',
    title: 'what a branch throws behind the barrier is thrown on, and leaves neither effect nor row',
    run: async (context) => {
      const tcc = context.newTcc();
      const accounts = await context.accountsOf(tcc);
      const info = { transType: 'tcc', gid: tcc.gid, branchId: '01', op: 'try' };
      const panic = accounts.receive(info, async (executor) => {
        await accounts.apply(executor, info, 'OUT');
        throw new Error('panic');
      });
      await expect(panic).rejects.toThrow('panic');
      expect(await accounts.moved(tcc.gid)).toEqual({ OUT: 0, IN: 0 });
      let ran = false;
      await accounts.receive(info, async () => void (ran = true));
      expect(ran).toBe(true);
    },
  },
];

async function transfer(tcc: TccCase, suffix = ''): Promise<void> {
  await tcc.call(tcc.branch('01', `OUT${suffix}`));
  await tcc.call(tcc.branch('02', `IN${suffix}`));
}

/** A branch of a service for early versions of dtm. */
function oldBranch(tcc: TccCase, id: string, name: string): TccBranch {
  const [confirm, cancel] = [tcc.url(`${name}.conf.old`), tcc.url(`${name}.rev.old`)];
  return { id, try: tcc.url(`${name}.old`), confirm, cancel, data: payload() };
}
