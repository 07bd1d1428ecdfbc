import { payload } from '../../support/fixture/transfer';
import type { Accounts } from '../../support/participant/accounts';
import { BranchError } from '../../support/transactions/branch-request';
import type { WorkflowCase } from '../../support/transactions/workflow-case';
import { WorkflowBranch, type Work, type WorkflowRun } from '../../support/transactions/workflow-run';
import type { Row } from '../row';

const SAME = { OUT: 0, IN: 0 };
const MOVED = { OUT: -30, IN: 30 };
const DONE = 'transferred';

/** A.7: workflows over gRPC. The code of a workflow runs in the client. */
export const GRPC_WORKFLOW_ROWS: readonly Row[] = [
  {
    id: 'WF-20',
    title: 'a workflow over gRPC without compensations ends where it is refused',
    run: async (context) => {
      const wf = context.overGrpc().newWorkflow();
      wf.answers({ IN: 'fail' }, 'the account is closed');
      wf.register(async (run) => {
        for (const name of ['OUT', 'IN']) await run.newBranch().action(call(wf, name));
        return DONE;
      });
      await expect(wf.execute()).rejects.toThrow('the account is closed');
      expect(await wf.state()).toMatchObject({ status: 'failed' });
      expect(await wf.recorded()).toEqual(['01:action S', '02:action F']);
    },
  },

  {
    id: 'WF-21',
    title: 'a workflow over gRPC that is refused undoes what it has done, and tells the reason when it is run again',
    run: async (context) => {
      const wf = context.overGrpc().newWorkflow();
      wf.answers({ IN: 'fail' }, 'the account is closed');
      wf.register(async (run) => {
        for (const name of ['OUT', 'IN']) {
          const branch = run.newBranch().onRollback(call(wf, `${name}.rev`, 'rollback'));
          await branch.action(call(wf, name));
        }
        return DONE;
      });
      await expect(wf.execute()).rejects.toThrow('the account is closed');
      expect(await wf.state()).toMatchObject({ status: 'failed' });
      expect(await wf.recorded()).toEqual(['01:action S', '02:action F', '01:rollback S']);
      await expect(wf.execute()).rejects.toThrow('the account is closed');
      expect(wf.calls).toEqual(['OUT[01 action]', 'IN[02 action]', 'OUT.rev[01 rollback]']);
    },
  },

  {
    id: 'WF-22',
    title: 'a workflow that ends in an error is called back over gRPC, and its result is told when it is run again',
    run: async (context) => {
      const wf = context.overGrpc().newWorkflow();
      wf.answers({ OUT: '1:err' });
      wf.register((run) => run.newBranch().action(call(wf, 'OUT')));
      await expect(wf.execute()).rejects.toMatchObject({ result: 'err' });
      expect(await wf.state()).toMatchObject({ status: 'prepared', rows: '' });
      await wf.revisit();
      expect(await wf.ended()).toMatchObject({ status: 'succeed', rows: 'S' });
      expect(wf.resumes).toBe(1);
      expect(wf.records.find(({ endpoint }) => endpoint === 'Execute')).toMatchObject({
        branchId: '00',
        op: 'transfer',
        body: payload(),
      });
      // dtm leaves the result out (Q18).
      expect(await wf.execute()).toBe(payload());
      expect(wf.calls.filter((name) => name.startsWith('OUT'))).toHaveLength(2);
    },
  },

  {
    id: 'WF-26',
    title: 'a workflow of two XA branches commits them in reverse order',
    needs: 'xa',
    run: async (context) => {
      const wf = context.overGrpc().newWorkflow();
      const accounts = await context.accountsOf(wf, 'xa');
      wf.register(async (run) => {
        for (const account of ['OUT', 'IN'] as const) await inXa(wf, run, { accounts, account });
        return DONE;
      });
      await wf.execute();
      expect(await wf.state()).toMatchObject({ status: 'succeed' });
      expect(await wf.recorded()).toEqual([
        '01:business S',
        '01:action S',
        '02:business S',
        '02:action S',
        '02:commit S',
        '01:commit S',
      ]);
      expect(await accounts.moved(wf.gid)).toEqual(MOVED);
    },
  },

  {
    id: 'WF-27',
    title: 'a workflow whose second XA branch is refused rolls both back',
    needs: 'xa',
    run: async (context) => {
      const wf = context.overGrpc().newWorkflow();
      const accounts = await context.accountsOf(wf, 'xa');
      wf.register(async (run) => {
        await inXa(wf, run, { accounts, account: 'OUT' });
        await inXa(wf, run, { accounts, account: 'IN', refusal: 'the account is closed' });
        return DONE;
      });
      await expect(wf.execute()).rejects.toThrow('the account is closed');
      expect(await wf.state()).toMatchObject({ status: 'failed' });
      expect(await wf.recorded()).toEqual([
        '01:business S',
        '01:action S',
        '02:action F',
        '02:rollback S',
        '01:rollback S',
      ]);
      expect(await accounts.moved(wf.gid)).toEqual(SAME);
      const inDoubt = (await accounts.database.xa?.inDoubt()) ?? [];
      expect(inDoubt.filter((xid) => xid.startsWith(wf.gid))).toEqual([]);
    },
  },
];

/** @returns the work that calls an endpoint with the usual payload */
function call(wf: WorkflowCase, name: string, op = 'action'): Work {
  return (branch) => branch.request(wf.url(name), op, payload());
}

interface XaStep {
  readonly accounts: Accounts;
  readonly account: 'OUT' | 'IN';
  /** Absent: it succeeds. */
  readonly refusal?: string;
}

/** One branch in XA: prepared as its action, committed or rolled back at the end (spec 9.6). */
async function inXa({ gid }: WorkflowCase, run: WorkflowRun, { accounts, account, refusal }: XaStep): Promise<void> {
  const { xa } = accounts.database;
  if (!xa) throw new Error(`${accounts.database.dialect} has no XA`);
  const branch = run.newBranch();
  const xid = `${gid}-${branch.id}`;
  // Phase 2 is no compensation: it is there also where phase 1 was refused.
  const phaseTwo = new WorkflowBranch(run, gid, branch.id);
  phaseTwo.onRollback(() => xa.rollback(xid).then(() => '')).onCommit(() => xa.commit(xid).then(() => ''));
  await branch.action(async () => {
    await xa.prepare(xid, async (executor) => {
      const info = { transType: 'workflow', gid, branchId: branch.id, op: 'action' };
      await accounts.apply(executor, info, account);
      if (refusal !== undefined) throw new BranchError('fail', refusal);
      await branch.note('business');
    });
    return '';
  });
}
