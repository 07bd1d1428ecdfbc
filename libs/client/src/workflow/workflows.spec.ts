import { ANSWERS, Gate, ScriptedService, startTestCoordinator, until, type TestCoordinator } from '@nestjs-dtx/testing';
import { BranchFailureError } from '../errors/branch-failure.error';
import { BranchOngoingError } from '../errors/branch-ongoing.error';
import type { NotFinishedError } from '../errors/not-finished.error';
import { failure } from '../client-fixture.spec-helper';
import type { WorkflowContext } from './workflow-context';
import { WorkflowInstance } from './workflow-instance.spec-helper';

interface Order {
  readonly item: string;
}

let coordinator: TestCoordinator;
let bank: ScriptedService;
let here: WorkflowInstance;
const stops: (() => Promise<void>)[] = [];
let count = 0;
let gid: string;

beforeAll(async () => {
  coordinator = await startTestCoordinator({ settings: { retryInterval: 1 } });
});
afterAll(() => coordinator.stop());

beforeEach(async () => {
  count += 1;
  gid = `wf-${count}`;
  bank = await ScriptedService.start();
  here = await instance();
  stops.push(() => bank.stop());
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function instance(): Promise<WorkflowInstance> {
  const started = await WorkflowInstance.start(coordinator.url);
  stops.push(() => started.stop());
  return started;
}

const rows = async (): Promise<string[]> =>
  (await here.client.query(gid)).branches.map(({ branch_id: id, op, status }) => `${id} ${op} ${status}`);
const status = async (): Promise<string | undefined> => (await here.client.query(gid)).transaction?.status;
const ended = () => until(async () => ['succeed', 'failed'].includes((await status()) ?? ''));

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

describe('a workflow without an outcome', () => {
  it('is resumed by the coordinator, with its input, and its finished steps are not repeated', async () => {
    const log: string[] = [];
    here.register('checkout', async (wf, { item }: Order) => {
      await wf.branch('reserve').do(() => void log.push(`reserve ${item}`));
      await wf.branch('pay').do(async () => {
        log.push('pay');
        if (log.length < 3) throw new Error('bank is down');
      });
      return log.length;
    });
    const error = await failure(here.client.workflow<Order>('checkout', gid).execute({ item: 'a' }));
    expect(error).toMatchObject({ code: 'DTX_NOT_FINISHED', gid, lastError: 'bank is down' });
    expect((error as NotFinishedError).cause).toMatchObject({ message: 'bank is down' });
    expect(await status()).toBe('prepared');
    await ended();
    expect(log).toEqual(['reserve a', 'pay', 'pay']);
    expect(here.callbacks).toEqual(['POST checkout 200']);
    expect(await here.client.workflow<Order>('checkout', gid).execute({ item: 'a' })).toBe(3);
  });

  it('is rolled back by a resumed run as well, and that run answers FAILURE', async () => {
    let tries = 0;
    here.register('checkout', async (wf) => {
      await wf.branch('pay').do(async () => {
        tries += 1;
        throw tries === 1 ? new BranchOngoingError('the bank thinks') : new BranchFailureError('no money');
      });
    });
    expect(await failure(here.client.workflow('checkout', gid).execute())).toMatchObject({ code: 'DTX_NOT_FINISHED' });
    await ended();
    expect(await status()).toBe('failed');
    await until(() => here.callbacks.length > 0);
    expect(here.callbacks).toEqual(['POST checkout 409']);
  });

  it('is resumed where it is known, and answered as an error where it is not', async () => {
    const told: string[] = [];
    here.register('checkout', () => Promise.reject(new Error('DISK FAILURE')), {
      onUnfinished: (id, error) => told.push(`${id} ${(error as Error).message}`),
    });
    await failure(here.client.workflow('checkout', gid).execute());
    expect(await here.client.workflows.resume('checkout', gid)).toEqual({
      status: 500,
      body: { message: 'DISK failure' },
    });
    expect(told).toEqual([`${gid} DISK FAILURE`]);
    expect(await here.client.workflows.resume('unknown', gid)).toEqual({
      status: 500,
      body: { message: "workflow 'unknown' not registered. please register at startup" },
    });
    expect(await here.client.workflows.resume('checkout', 'nobody')).toMatchObject({ status: 500 });
    here.register('other', async () => 1);
    expect(await here.client.workflows.resume('other', gid)).toMatchObject({
      status: 500,
      body: { message: `gid ${gid} belongs to workflow 'checkout', not 'other'` },
    });
    expect((await here.client.query('nobody')).transaction).toBeNull();
    await here.client.forceStop(gid);
  });

  it('that an operator has stopped ends with that, in the run that is under way too', async () => {
    const gate = new Gate();
    here.register('checkout', async (wf) => wf.branch('pay').do(() => gate.pass()));
    const running = failure(here.client.workflow('checkout', gid).execute());
    await until(status);
    await here.client.forceStop(gid);
    gate.open();
    expect(await running).toMatchObject({ code: 'DTX_TRANSACTION_FAILED', status: 'failed' });
    expect(await rows()).toEqual([]);
  });
});

describe('one workflow in one process', () => {
  it('runs once at a time: a callback is told to come again, a second execute waits', async () => {
    const gate = new Gate();
    let calls = 0;
    here.register('checkout', async (wf) =>
      wf.branch('pay').do(async () => {
        calls += 1;
        await gate.pass();
        return calls;
      }),
    );
    const execute = () => here.client.workflow('checkout', gid).execute();
    const both = [execute(), execute()];
    await until(() => calls === 1);
    expect(await here.client.workflows.resume('checkout', gid)).toMatchObject({ status: 425 });
    gate.open();
    expect(await Promise.all(both)).toEqual([1, 1]);
    expect(calls).toBe(1);
  });

  it('is answered in time when it takes long, and goes on', async () => {
    const gate = new Gate();
    let runs = 0;
    here.register('checkout', async (wf) => {
      runs += 1;
      if (runs === 1) throw new Error('down');
      await wf.branch('pay').do(() => gate.pass());
    });
    await failure(here.client.workflow('checkout', gid).retryInterval(60).execute());
    expect(await here.client.workflows.resume('checkout', gid)).toMatchObject({ status: 425 });
    gate.open();
    await ended();
    expect(runs).toBe(2);
  });

  it('begins no step when the process shuts down, and waits for the one under way', async () => {
    const gate = new Gate();
    const log: string[] = [];
    const work = async (wf: WorkflowContext): Promise<void> => {
      await wf.branch('one').do(async () => {
        log.push('one');
        await gate.pass();
      });
      await wf.branch('two').do(() => void log.push('two'));
    };
    here.register('checkout', work);
    const running = failure(here.client.workflow('checkout', gid).execute());
    await until(() => log.length === 1);
    const closed = here.client.workflows.close();
    gate.open();
    await closed;
    expect(await running).toMatchObject({
      code: 'DTX_NOT_FINISHED',
      message: expect.stringContaining('shutting down') as string,
    });
    expect(await rows()).toEqual(['01 action succeed']);
    const other = await instance();
    other.register('checkout', work);
    expect(await other.client.workflows.resume('checkout', gid)).toMatchObject({ status: 200 });
    expect(log).toEqual(['one', 'two']);
  });
});

describe('one workflow on two instances at once', () => {
  /** Each instance passes each step when its gate is opened: `here one`. */
  const gates = new Map<string, Gate>();
  const gate = (name: string): Gate => gates.get(name) ?? gates.set(name, new Gate()).get(name)!;
  const open = (...names: string[]): void => names.forEach((name) => gate(name).open());
  let arrived: string[];
  let there: WorkflowInstance;

  beforeEach(async () => {
    gates.clear();
    arrived = [];
    there = await instance();
    for (const [who, each] of Object.entries({ here, there })) {
      each.register('checkout', async (wf: WorkflowContext) => {
        const step = (name: string, result: unknown) =>
          wf
            .branch(name)
            .onCommit(async () => undefined)
            .do(async () => {
              arrived.push(`${who} ${name}`);
              await gate(`${who} ${name}`).pass();
              return result;
            });
        return [await step('one', 'same'), await step('two', who)];
      });
    }
  });

  const execute = (at: WorkflowInstance) => at.client.workflow('checkout', gid).retryInterval(60).execute();
  const arrivals = (...names: string[]) => until(() => names.every((name) => arrived.includes(name)));

  it('has one result, whoever is faster, and learns of each other by equal records too', async () => {
    const both = [execute(here), execute(there)];
    await arrivals('here one', 'there one');
    open('here one', 'there one');
    await arrivals('here two', 'there two');
    open('there two');
    await until(async () => (await rows()).includes('02 action succeed'));
    open('here two');
    expect(await Promise.all(both)).toEqual([
      ['same', 'there'],
      ['same', 'there'],
    ]);
    expect(await execute(here)).toEqual(['same', 'there']);
    expect(await rows()).toEqual(['01 action succeed', '02 action succeed', '02 commit succeed', '01 commit succeed']);
  });

  it('gives way in a resumed run that meets another one', async () => {
    const waited = execute(here);
    await arrivals('here one');
    const resumed = there.client.workflows.resume('checkout', gid);
    await arrivals('there one');
    open('here one');
    await arrivals('here two');
    open('there one');
    expect(await resumed).toEqual({
      status: 425,
      body: { dtm_result: 'ONGOING', message: 'another run of this workflow is under way' },
    });
    open('here two');
    expect(await waited).toEqual(['same', 'here']);
    expect(arrived).toEqual(['here one', 'there one', 'here two']);
  });

  it('goes on with what a faster resumed run has recorded', async () => {
    const waited = execute(here);
    await arrivals('here one');
    const resumed = there.client.workflows.resume('checkout', gid);
    open('there one', 'there two');
    expect(await resumed).toMatchObject({ status: 200 });
    open('here one');
    expect(await waited).toEqual(['same', 'there']);
    expect(arrived).toEqual(['here one', 'there one', 'there two']);
  });
});
