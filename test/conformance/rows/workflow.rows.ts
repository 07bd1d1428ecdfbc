import { payload } from '../../support/fixture/transfer';
import type { Accounts } from '../../support/participant/accounts';
import type { WorkflowCase } from '../../support/transactions/workflow-case';
import type { Work, WorkflowRun } from '../../support/transactions/workflow-run';
import type { Row } from '../row';

const SAME = { OUT: 0, IN: 0 };
const MOVED = { OUT: -30, IN: 30 };
const DONE = 'transferred';

/** Timers of Node and of the store may disagree by this much. Milliseconds. */
const TOLERANCE = 5;

const nothing: Work = () => Promise.resolve('');

/** A.7: the progress log and the resume timer of workflows. The code of a workflow runs in the client. */
export const WORKFLOW_ROWS: readonly Row[] = [
  {
    id: 'WF-01',
    title: 'a workflow records what it has done, and what it does at its end',
    run: async (context) => {
      const wf = context.newWorkflow();
      wf.register(async (run) => {
        run.newBranch().onRollback(nothing).onCommit(nothing);
        await run.newBranch().action(call(wf, 'OUT'));
        await run.newBranch().action(call(wf, 'IN'));
        return DONE;
      });
      expect(await wf.execute()).toBe(DONE);
      expect(await wf.state()).toMatchObject({ status: 'succeed' });
      expect(await wf.recorded()).toEqual(['02:action S', '03:action S', '01:commit S']);
      expect(wf.calls).toEqual(['OUT[02 action]', 'IN[03 action]']);
    },
  },

  {
    id: 'WF-02',
    title: 'a workflow that is refused undoes what it has done, and not what was refused',
    run: async (context) => {
      const wf = context.newWorkflow();
      const accounts = await context.accountsOf(wf);
      wf.answers({ IN_B: accounts.refusing('IN'), 'IN_B.rev': accounts.guarded('IN') }, 'the account is closed');
      wf.register(async (run) => {
        run.newBranch().onRollback(nothing).onCommit(nothing);
        const two = run.newBranch().onRollback(local(wf, accounts, 'rollback'));
        await two.action(local(wf, accounts, 'action'));
        const three = run.newBranch().onRollback(call(wf, 'IN_B.rev', 'rollback'));
        await three.action(call(wf, 'IN_B'));
        return DONE;
      });
      await expect(wf.execute()).rejects.toThrow('the account is closed');
      const { status, reason } = await wf.state();
      expect(status).toBe('failed');
      expect(reason).toContain('the account is closed');
      expect(await wf.recorded()).toEqual(['02:action S', '03:action F', '02:rollback S', '01:rollback S']);
      expect(await accounts.moved(wf.gid)).toEqual(SAME);
    },
  },

  {
    id: 'WF-03',
    title: 'a workflow confirms at its end, in reverse order',
    run: async (context) => {
      const wf = context.newWorkflow();
      const accounts = await context.accountsOf(wf);
      wf.register((run) => tryBoth(wf, run));
      wf.answers(tccServices(accounts));
      await wf.execute();
      expect(await wf.state()).toMatchObject({ status: 'succeed' });
      expect(await wf.recorded()).toEqual(['01:action S', '02:action S', '02:commit S', '01:commit S']);
      expect(await accounts.moved(wf.gid)).toEqual(MOVED);
    },
  },

  {
    id: 'WF-04',
    title: 'a workflow whose second try is refused cancels the first',
    run: async (context) => {
      const wf = context.newWorkflow();
      const accounts = await context.accountsOf(wf);
      wf.register((run) => tryBoth(wf, run));
      wf.answers({ ...tccServices(accounts), IN: 'fail' });
      await expect(wf.execute()).rejects.toThrow('FAILURE');
      expect(await wf.state()).toMatchObject({ status: 'failed' });
      expect(await wf.recorded()).toEqual(['01:action S', '02:action F', '01:rollback S']);
      expect(await accounts.moved(wf.gid)).toEqual(SAME);
    },
  },

  {
    id: 'WF-05',
    // The reference calls back at its own interval; C-6 and Q16 decide for that of the workflow.
    title: 'a workflow that ends in an error is called back after its interval, with its name and its data',
    run: async (context) => {
      const wf = context.newWorkflow();
      const preparedAt = performance.now();
      await resumedAfter(wf, 'err', { retry_interval: 4 });
      const [first, resume] = wf.records;
      expect(first).toMatchObject({ endpoint: 'OUT' });
      expect(resume?.arrivedAt).toBeGreaterThanOrEqual(preparedAt + 4000 - TOLERANCE);
      expect(resume).toMatchObject({ endpoint: 'resume', method: 'POST', branchId: '00', op: 'transfer' });
      expect(resume?.query).toMatchObject({ gid: wf.gid, trans_type: 'workflow' });
      expect(resume?.body).toBe(payload());
    },
  },

  {
    id: 'WF-06',
    title: 'a workflow that waits for a branch is called back',
    run: async (context) => {
      const wf = context.newWorkflow();
      await resumedAfter(wf, 'wait', {}, () => wf.revisit());
    },
  },

  {
    id: 'WF-08',
    title: 'a workflow that is executed once more returns its stored result and calls nobody',
    run: async (context) => {
      const wf = context.newWorkflow();
      wf.register((run) => run.newBranch().action(call(wf, 'OUT')));
      expect(await wf.execute()).toBe(payload());
      expect(await wf.execute()).toBe(payload());
      expect(wf.calls).toEqual(['OUT[01 action]']);
      expect((await wf.state()).transaction.result).toBe(Buffer.from(payload()).toString('base64'));
    },
  },

  {
    id: 'WF-09',
    title: 'a workflow that was not done before its first branch is called back',
    run: async (context) => {
      const wf = context.newWorkflow();
      let executions = 0;
      wf.answers({ OUT: 'ok', Ready: () => ((executions += 1) === 1 ? 'wait' : 'ok') });
      wf.register(async (run) => {
        await run.newBranch().request(wf.url('Ready'), 'ready', payload());
        return run.newBranch().action(call(wf, 'OUT'));
      });
      await expect(wf.execute()).rejects.toMatchObject({ result: 'wait' });
      expect(await wf.recorded()).toEqual([]);
      await wf.revisit();
      expect(await wf.ended()).toMatchObject({ status: 'succeed' });
      expect(wf.resumes).toBe(1);
    },
  },

  {
    id: 'WF-23',
    title: 'a workflow of a saga step, a TCC step and an XA step ends them in reverse order',
    needs: 'xa',
    run: async (context) => {
      const wf = context.newWorkflow();
      const accounts = await context.accountsOf(wf, 'xa');
      wf.register((run) => mixed(wf, run, accounts));
      wf.answers({
        OUT: accounts.guarded('OUT'),
        IN: accounts.guarded('IN', { as: 'try', share: 0.5 }),
        'IN.conf': accounts.guarded('IN', { as: 'confirm', share: 0.5 }),
      });
      await wf.execute();
      expect(await wf.state()).toMatchObject({ status: 'succeed' });
      expect(await wf.recorded()).toEqual([
        '01:action S',
        '02:action S',
        '03:business S',
        '03:action S',
        '03:commit S',
        '02:commit S',
      ]);
      expect(await accounts.moved(wf.gid)).toEqual(MOVED);
      expect(await accounts.database.xa?.inDoubt()).not.toContain(`${wf.gid}-03`);
    },
  },

  {
    id: 'WF-29',
    title: 'a second record of the same step is an error and changes nothing',
    run: async (context) => {
      const wf = context.newWorkflow();
      await wf.prepare();
      const row = { branch_id: '01', op: 'action', status: 'succeed' };
      expect(await wf.record({ ...row, data: 'first' })).toMatchObject({ status: 200 });
      const before = await context.api.query(wf.gid);
      const again = await wf.record({ ...row, data: 'second' });
      expect(again).toMatchObject({ status: 500, json: { message: expect.stringMatching(/\S/) } });
      expect(again.text).not.toContain('FAILURE');
      expect((await context.api.query(wf.gid)).branches).toEqual(before.branches);
    },
  },

  {
    id: 'X-11',
    title: 'a workflow ends once: another outcome is an error, the same one again is not, and no step comes after it',
    run: async (context) => {
      const wf = context.newWorkflow();
      await wf.prepare();
      expect((await wf.submit({ status: 'succeed', result: 'Zmlyc3Q=' })).status).toBe(200);
      // The reference refuses this as well; Q20 decides that a client whose answer was lost may ask again.
      expect((await wf.submit({ status: 'succeed', result: 'Zmlyc3Q=' })).status).toBe(200);
      const other = { status: 500, json: { message: 'storage: NotFound' } };
      expect(await wf.submit({ status: 'succeed', result: 'c2Vjb25k' })).toMatchObject(other);
      expect(await wf.submit({ status: 'failed', rollback_reason: 'no stock FAILURE' })).toMatchObject(other);
      expect(await wf.record({ branch_id: '01', op: 'action', status: 'succeed', data: '' })).toMatchObject({
        status: 409,
        json: { message: `no trans with gid: ${wf.gid} status: prepared found FAILURE` },
      });
      const { status, rows, transaction } = await wf.state();
      expect({ status, rows, result: transaction.result }).toEqual({ status: 'succeed', rows: '', result: 'Zmlyc3Q=' });
    },
  },
];

/** @returns the work that calls an endpoint with the usual body */
function call(wf: WorkflowCase, name: string, op = 'action'): Work {
  return (branch) => branch.request(wf.url(name), op, payload());
}

/** @returns local work on OUT, behind the barrier */
function local({ gid }: WorkflowCase, accounts: Accounts, op: 'action' | 'rollback'): Work {
  return async ({ id: branchId }) => {
    const info = { transType: 'workflow', gid, branchId, op };
    await accounts.receive(info, (executor) => accounts.apply(executor, info, 'OUT'));
    return '';
  };
}

async function tryBoth(wf: WorkflowCase, run: WorkflowRun): Promise<string> {
  for (const name of ['OUT', 'IN']) {
    const branch = run.newBranch();
    branch.onRollback(call(wf, `${name}.rev`, 'rollback')).onCommit(call(wf, `${name}.conf`, 'commit'));
    await branch.action(call(wf, name));
  }
  return DONE;
}

/** A workflow calls its phases by their own names: each endpoint knows which one it is. */
function tccServices(accounts: Accounts) {
  return Object.fromEntries(
    (['OUT', 'IN'] as const).flatMap((account) => [
      [account, accounts.guarded(account, { as: 'try' })],
      [`${account}.conf`, accounts.guarded(account, { as: 'confirm' })],
      [`${account}.rev`, accounts.guarded(account, { as: 'cancel' })],
    ]),
  );
}

/** OUT answers the client's own call with the word; what the callback finds is a success. */
async function resumedAfter(
  wf: WorkflowCase,
  word: 'err' | 'wait',
  options: Readonly<Record<string, unknown>>,
  makeDue: () => Promise<void> = async () => {},
): Promise<void> {
  wf.answers({ OUT: `1:${word}` });
  wf.register((run) => run.newBranch().action(call(wf, 'OUT')), options);
  await expect(wf.execute()).rejects.toMatchObject({ result: word });
  expect(await wf.state()).toMatchObject({ status: 'prepared', rows: '' });
  await makeDue();
  expect(await wf.ended()).toMatchObject({ status: 'succeed', rows: 'S' });
  expect(wf.resumes).toBe(1);
}

/** A step that would be undone, one that is confirmed, and one in an XA branch that is committed. */
async function mixed(wf: WorkflowCase, run: WorkflowRun, accounts: Accounts): Promise<string> {
  const { xa } = accounts.database;
  if (!xa) throw new Error(`${accounts.database.dialect} has no XA`);
  await run
    .newBranch()
    .onRollback(call(wf, 'OUT.rev', 'rollback'))
    .action(call(wf, 'OUT'));
  const two = run
    .newBranch()
    .onRollback(call(wf, 'IN.rev', 'rollback'))
    .onCommit(call(wf, 'IN.conf', 'commit'));
  await two.action(call(wf, 'IN'));
  const three = run.newBranch();
  const xid = `${wf.gid}-${three.id}`;
  three.onRollback(() => xa.rollback(xid).then(() => '')).onCommit(() => xa.commit(xid).then(() => ''));
  await three.action(async () => {
    await xa.prepare(xid, async (executor) => {
      const info = { transType: 'workflow', gid: wf.gid, branchId: three.id, op: 'action' };
      await accounts.apply(executor, info, 'IN', { share: 0.5 });
      await three.note('business');
    });
    return '';
  });
  return DONE;
}
