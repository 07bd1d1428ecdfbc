import type { ScriptFunction } from '../../support/fixture/script';
import type { Accounts } from '../../support/participant/accounts';
import { xaService, xidOf } from '../../support/participant/xa-service';
import { BranchError } from '../../support/transactions/branch-request';
import { CommandError } from '../../support/transactions/command-channel';
import type { XaCase } from '../../support/transactions/xa-case';
import type { Row } from '../row';
import type { RowContext } from '../row-context';

const SAME = { OUT: 0, IN: 0 };
const MOVED = { OUT: -30, IN: 30 };

/** A.6: XA over plain HTTP, with branches in real databases. */
export const XA_ROWS: readonly Row[] = [
  {
    id: 'XA-01',
    title: 'prepared branches are committed in the order of their registration, by a POST without a body',
    needs: 'xa',
    run: async (context) => {
      const { xa, accounts } = await transferring(context);
      await xa.run(() => transfer(xa));
      expect(await xa.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(xa.serverCalls).toEqual(['OUT_Xa[01 commit]', 'IN_Xa[02 commit]']);
      expect(xa.serverRecords.map(({ method, body }) => [method, body])).toEqual(Array(2).fill(['POST', '']));
      await expectSettled(xa, accounts, MOVED);
    },
  },

  {
    id: 'XA-03',
    title: 'a refused branch was never registered; the others are rolled back',
    needs: 'xa',
    run: async (context) => {
      const { xa, accounts } = await transferring(context);
      xa.answers({ IN_Xa: 'fail' });
      await expect(xa.run(() => transfer(xa))).rejects.toThrow(BranchError);
      expect(await xa.ended()).toMatchObject({ status: 'failed', rows: 'S P' });
      expect(xa.serverCalls).toEqual(['OUT_Xa[01 rollback]']);
      await expectSettled(xa, accounts, SAME);
    },
  },

  {
    id: 'XA-04',
    title: 'a client whose work throws before it has called a branch leaves nothing to undo',
    run: async (context) => {
      const xa = context.newXa();
      await expect(xa.run(() => Promise.reject(new Error('local error')))).rejects.toThrow('local error');
      expect(await xa.ended()).toMatchObject({ status: 'failed', rows: '' });
      expect(xa.calls).toEqual([]);
    },
  },

  {
    id: 'XA-05',
    title: 'a client that is too slow finds its transaction rolled back',
    run: async (context) => {
      const xa = context.newXa();
      const slow = async (): Promise<void> => {
        expect(await xa.ended()).toMatchObject({ status: 'failed', rows: '' });
      };
      const options = { timeout_to_fail: 2, retry_interval: 3 };
      const failed: unknown = await xa.run(slow, options).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(CommandError);
      expect((failed as CommandError).reply.status).toBe(409);
      expect((await xa.state()).reason).toMatch(/^Timeout after \d+ seconds$/);
    },
  },

  {
    id: 'XA-06',
    title: 'a visit before the time-out changes nothing, and a commit that is not done yet is repeated',
    needs: 'xa',
    run: async (context) => {
      const { xa, accounts } = await transferring(context);
      xa.answers({ OUT_Xa: notDoneAtFirst(xaService(accounts, 'OUT')) });
      await xa.begin();
      await xa.call('01', 'OUT_Xa');
      expect(await xa.visitedEarly()).toMatchObject({ status: 'prepared', rows: 'P P' });
      expect(xa.serverCalls).toEqual([]);
      expect((await xa.submit()).status).toBe(200);
      expect(await xa.settledAfter(2)).toMatchObject({ status: 'submitted', rows: 'P P' });
      await xa.revisit();
      expect(await xa.ended()).toMatchObject({ status: 'succeed', rows: 'P S' });
      expect(xa.serverCalls).toEqual(Array(2).fill('OUT_Xa[01 commit]'));
      await expectSettled(xa, accounts, { OUT: -30, IN: 0 });
    },
  },

  {
    id: 'XA-08',
    title: 'a client that reaches no coordinator does not begin its work',
    run: async (context) => {
      const xa = context.newXa('', await context.toNobody());
      await expect(xa.run(() => transfer(xa))).rejects.toThrow('ECONNREFUSED');
      expect(xa.calls).toEqual([]);
    },
  },

  {
    id: 'XA-09',
    title: 'a gid that no database takes as part of an xid is an error of the branch; the transaction is taken back',
    needs: 'xa',
    run: async (context) => {
      const { xa, accounts } = await transferring(context, ' it\'s "quoted"');
      const failed: unknown = await xa.run(() => transfer(xa)).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(BranchError);
      expect((failed as BranchError).result).toBe('err');
      expect(await xa.ended()).toMatchObject({ status: 'failed', rows: '' });
      expect(xa.serverCalls).toEqual([]);
      await expectSettled(xa, accounts, SAME);
    },
  },
];

async function transferring(context: RowContext, suffix?: string): Promise<{ xa: XaCase; accounts: Accounts }> {
  const xa = context.newXa(suffix);
  const accounts = await context.accountsOf(xa, 'xa');
  xa.answers({ OUT_Xa: xaService(accounts, 'OUT'), IN_Xa: xaService(accounts, 'IN') });
  return { xa, accounts };
}

async function transfer(xa: XaCase): Promise<void> {
  await xa.call('01', 'OUT_Xa');
  await xa.call('02', 'IN_Xa');
}

/** The first commit is answered as services for early versions say "not done yet", and does nothing. */
function notDoneAtFirst(service: ScriptFunction): ScriptFunction {
  let commits = 0;
  return (attempt, call) => {
    if (call.op === 'commit' && (commits += 1) === 1) return { status: 200, body: '{"dtm_result":"ONGOING"}' };
    return service(attempt, call);
  };
}

/** The amounts are where they belong, and no branch is left between the phases (C-13). */
async function expectSettled(xa: XaCase, accounts: Accounts, moved: unknown): Promise<void> {
  const xids = ['01', '02'].map((branchId) => xidOf({ gid: xa.gid, branchId }));
  const inDoubt = (await accounts.database.xa?.inDoubt()) ?? [];
  expect(inDoubt.filter((xid) => xids.includes(xid))).toEqual([]);
  expect(await accounts.moved(xa.gid)).toEqual(moved);
}
