import { ANSWERS } from '@nestjs-dtx/testing';
import { failure } from '../client-fixture.spec-helper';
import { BranchFailureError } from '../errors/branch-failure.error';
import { WorkflowSetting } from './workflow-setting.spec-helper';

interface Order {
  readonly item: string;
}

const setting = WorkflowSetting.use();
let { gid, bank, here } = setting;
beforeEach(() => ({ gid, bank, here } = setting));
const rows = () => setting.rows();

describe('a workflow', () => {
  it('returns its result, and the stored one when it is executed again', async () => {
    let calls = 0;
    here.register('checkout', async (wf, { item }: Order) => {
      const id = await wf.branch('reserve').do(() => (calls += 1));
      return { item, id, at: new Date(0) };
    });
    const execute = () => here.client.workflow<Order>('checkout', gid).execute({ item: 'ü' });
    const expected = { item: 'ü', id: 1, at: '1970-01-01T00:00:00.000Z' };
    expect(await execute()).toEqual(expected);
    expect(await execute()).toEqual(expected);
    expect(calls).toBe(1);
    expect(await rows()).toEqual(['01 action succeed']);
  });

  it('needs no input, no result and no gid', async () => {
    const inputs: unknown[] = [];
    here.register('tick', async (_wf, input: undefined) => void inputs.push(input));
    expect(await here.client.workflow('tick').execute()).toBeUndefined();
    expect(inputs).toEqual([undefined]);
  });

  it('throws its failure, and the stored one when it is executed again', async () => {
    let calls = 0;
    here.register('checkout', async (wf) => {
      await wf
        .branch('reserve')
        .onRollback(async () => (calls += 1))
        .do(() => 1);
      await wf.branch('pay').do(() => Promise.reject(new BranchFailureError('no money')));
    });
    const execute = () => failure(here.client.workflow('checkout', gid).execute());
    const expected = { code: 'DTX_TRANSACTION_FAILED', status: 'failed', reason: 'no money', gid };
    expect(await execute()).toMatchObject(expected);
    expect(await execute()).toMatchObject(expected);
    expect(calls).toBe(1);
    expect(await rows()).toEqual(['01 action succeed', '02 action failed', '01 rollback succeed']);
  });

  it('calls other services with what their barriers need, and records their answers', async () => {
    bank.script = ({ path }) => (path === '/pay' ? { status: 200, body: '{"receipt":7}' } : ANSWERS.success);
    here.register('checkout', async (wf, order: Order) =>
      wf.http(`${bank.url}/pay?x=1`, order, { onCommit: `${bank.url}/confirm`, headers: { 'x-own': 'b' } }),
    );
    const builder = here.client.workflow<Order>('checkout', gid).branchHeaders({ 'x-tenant': 'acme' });
    expect(await builder.execute({ item: 'a' })).toEqual({ receipt: 7 });
    expect(bank.notation).toEqual(['pay[01 action]', 'confirm[01 commit]']);
    expect(bank.calls[0]).toMatchObject({
      method: 'POST',
      query: { x: '1', gid, trans_type: 'workflow', branch_id: '01', op: 'action' },
      headers: { 'x-tenant': 'acme', 'x-own': 'b', 'content-type': 'application/json' },
    });
    expect(bank.calls.map(({ body }) => body.toString())).toEqual(['{"item":"a"}', '{"item":"a"}']);
    const { branches } = await here.client.query(gid);
    expect(JSON.parse(Buffer.from(branches[0]!.bin_data!, 'base64').toString())).toMatchObject({
      step: 'POST /pay',
      result: { receipt: 7 },
    });
  });

  it('undoes calls when a later one is refused, and tells what the participant said', async () => {
    bank.script = ({ path }) => (path === '/ship' ? ANSWERS.failure : ANSWERS.success);
    here.register('checkout', async (wf) => {
      await wf.http(`${bank.url}/pay`, { amount: 1 }, { onRollback: `${bank.url}/refund` });
      await wf.http(`${bank.url}/ship`, undefined, { onRollback: `${bank.url}/return` });
    });
    expect(await failure(here.client.workflow('checkout', gid).execute())).toMatchObject({
      reason: 'insufficient funds',
    });
    expect(bank.notation).toEqual(['pay[01 action]', 'ship[02 action]', 'refund[01 rollback]']);
    expect(bank.calls.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST']);
  });

  it('takes text, empty answers and words in answers for what they are', async () => {
    const bodies = ['plain FAILURE text', '', '{"state":"ONGOING"}', '"text"'];
    bank.script = () => ({ status: 201, body: bodies[bank.calls.length - 1]! });
    here.register('read', async (wf) => {
      const results: unknown[] = [];
      for (const each of [1, 2, 3, 4]) results.push(await wf.http(`${bank.url}/${each}`));
      return results;
    });
    expect(await here.client.workflow('read', gid).execute()).toEqual([
      'plain FAILURE text',
      null,
      { state: 'ONGOING' },
      'text',
    ]);
  });

  it('refuses what cannot be: before anything is done', async () => {
    here.register('checkout', async () => 1);
    const invalid = (field: string) => ({ code: 'DTX_INVALID_REQUEST', field });
    expect(() => here.register('checkout', async () => 2)).toThrow(expect.objectContaining(invalid('workflow name')));
    expect(() => here.register('a b', async () => 2)).toThrow(expect.objectContaining(invalid('workflow name')));
    const execute = (input: unknown) => failure(here.client.workflow('checkout', gid).execute(input));
    expect(await execute('text')).toMatchObject(invalid('input'));
    expect(await execute(null)).toMatchObject(invalid('input'));
    expect(await execute(new Date())).toMatchObject(invalid('input'));
    expect(await execute({ amount: 10n })).toMatchObject(invalid('input'));
    expect(await failure(here.client.workflow('other', gid).execute())).toMatchObject({ code: 'DTX_WORKFLOW_UNKNOWN' });
    const fast = here.client.workflow('checkout', gid).retryInterval(-1);
    expect(await failure(fast.execute())).toMatchObject(invalid('retry_interval'));
    expect((await here.client.query(gid)).transaction).toBeNull();
  });

  it('refuses a gid that stands for something else', async () => {
    here.register('checkout', async () => 1);
    here.register('other', async () => 1);
    await here.client.workflow<object>('checkout', gid).execute({ a: 1, b: 2 });
    const same = here.client.workflow<object>('checkout', gid).execute({ b: 2, a: 1 });
    expect(await same).toBe(1);
    const input = here.client.workflow<object>('checkout', gid).execute({ a: 2 });
    expect(await failure(input)).toMatchObject({ code: 'DTX_INVALID_REQUEST', field: 'input' });
    expect(await failure(here.client.workflow('other', gid).execute())).toMatchObject({
      message: `gid ${gid} belongs to workflow 'checkout', not 'other'`,
    });
    const saga = await here.client.saga().add(`${bank.url}/x`, '').waitResult().submit();
    expect(await failure(here.client.workflow('checkout', saga.gid).execute())).toMatchObject({ field: 'gid' });
  });
});
