import { Gate, until } from '@nestjs-dtx/testing';
import { failure } from '../client-fixture.spec-helper';
import { BranchFailureError } from '../errors/branch-failure.error';
import { BranchOngoingError } from '../errors/branch-ongoing.error';
import type { NotFinishedError } from '../errors/not-finished.error';
import type { WorkflowContext } from './workflow-context';
import { WorkflowSetting } from './workflow-setting.spec-helper';

interface Order {
  readonly item: string;
}

const setting = WorkflowSetting.use();
let { gid, here } = setting;
beforeEach(() => ({ gid, here } = setting));
const rows = () => setting.rows();
const status = () => setting.status();
const ended = () => setting.ended();
const instance = () => setting.instance();

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
