import { BranchFailureError } from '../errors/branch-failure.error';
import type { WorkflowFunction } from './run-workflow';
import type { StepRow } from './step';
import type { WorkflowContext } from './workflow-context';
import { MortalProcess, WorkflowWorld } from './workflow-world.spec-helper';

type Work = WorkflowFunction<undefined, unknown>;

const changed = (message: RegExp) => ({
  code: 'DTX_WORKFLOW_CHANGED',
  message: expect.stringMatching(message) as string,
});

/** A world in which a first version of the workflow got so far. */
async function recordedBy(work: Work, moments?: number): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  const process = new MortalProcess(moments);
  await world.run(work, undefined, process).catch(() => undefined);
  world.end = undefined;
  return world;
}

describe('a replay', () => {
  it('returns what is recorded and does nothing again', async () => {
    const work: Work = async (wf) => [await wf.branch('one').do(() => ({ at: new Date(0) })), await second(wf)];
    let calls = 0;
    const second = (wf: WorkflowContext) => wf.branch('two').do(() => (calls += 1));
    const world = await recordedBy(work);
    expect(await world.run(work, undefined)).toEqual({
      status: 'succeed',
      result: [{ at: '1970-01-01T00:00:00.000Z' }, 1],
    });
    expect(calls).toBe(1);
  });

  it('gives the first run what a replay will give: the result as JSON', async () => {
    const seen: unknown[] = [];
    const work: Work = async (wf) =>
      void seen.push(await wf.branch('one').do(() => ({ at: new Date(0), no: undefined })));
    const world = await recordedBy(work);
    await world.run(work, undefined);
    expect(seen).toStrictEqual([{ at: '1970-01-01T00:00:00.000Z' }, { at: '1970-01-01T00:00:00.000Z' }]);
  });

  it('throws a recorded failure again, of the same class and with the same text', async () => {
    const seen: unknown[] = [];
    const work: Work = async (wf) => {
      await wf
        .branch('one')
        .do(() => Promise.reject(Object.assign(new TypeError('no stock'), { code: 'DTX_FAILURE' })))
        .catch((error: unknown) => seen.push(error));
    };
    const world = await recordedBy(work);
    await world.run(work, undefined);
    expect(seen).toEqual([new BranchFailureError('no stock'), new BranchFailureError('no stock')]);
    expect((seen[0] as Error).cause).toBeInstanceOf(TypeError);
  });

  it('goes on with the rows of another SDK, whose results are bare', async () => {
    const world = new WorkflowWorld();
    world.rows.push(
      { branchId: '01', op: 'action', status: 'succeed', data: '{"id":3}' },
      { branchId: '02', op: 'action', status: 'failed', data: 'no stock FAILURE' },
      // One that went on past a step of unknown outcome.
      { branchId: '04', op: 'action', status: 'succeed', data: '' },
    );
    const end = await world.run(async (wf) => {
      const first = await wf.http('http://bank/pay', { any: 'input' });
      const second = await wf
        .branch('two')
        .do(() => 'new')
        .catch((error: unknown) => (error as Error).message);
      return [first, second, await wf.branch('three').do(() => 3), await wf.branch('four').do(() => 4)];
    }, undefined);
    expect(end).toEqual({ status: 'succeed', result: [{ id: 3 }, 'no stock FAILURE', 3, null] });
  });
});

describe('a replay is refused', () => {
  const step = (name: string) => (wf: WorkflowContext) => wf.branch(name).do(() => name);
  const inOrder =
    (...names: string[]): Work =>
    async (wf) => {
      for (const name of names) await step(name)(wf);
    };

  async function expectRefusal(before: Work, after: Work, message: RegExp, moments?: number): Promise<void> {
    const world = await recordedBy(before, moments);
    const rows = [...world.rows];
    await expect(world.run(after, undefined)).rejects.toMatchObject(changed(message));
    expect(world.rows).toEqual(rows);
    expect(world.end).toBeUndefined();
  }

  it('when steps have changed places', async () => {
    await expectRefusal(
      inOrder('reserve', 'pay'),
      inOrder('pay', 'reserve'),
      /^workflow g1 does not repeat .* branch 01 is recorded as 'reserve' \(local\) and is now 'pay' \(local\)\. Put the former/,
    );
  });

  it('when a step was put between recorded ones', async () => {
    await expectRefusal(
      inOrder('reserve', 'pay'),
      inOrder('reserve', 'check', 'pay'),
      /branch 02 is recorded as 'pay'/,
    );
  });

  it('when the last step is gone', async () => {
    await expectRefusal(
      inOrder('reserve', 'pay'),
      inOrder('reserve'),
      /branch 02 is recorded as done 'pay', and was not/,
    );
  });

  it('when a step is done in another way, or with another input', async () => {
    const http = { send: () => Promise.resolve('paid') };
    const world = new WorkflowWorld();
    await world.run((wf) => wf.http('http://a/pay', { amount: 1 }, { name: 'pay' }), undefined, undefined, { http });
    world.end = undefined;
    await expect(world.run(inOrder('pay'), undefined)).rejects.toMatchObject(
      changed(/branch 01 is recorded as 'pay' \(http\) and is now 'pay' \(local\)/),
    );
    await expect(
      world.run((wf) => wf.http('http://a/pay', { amount: 2 }, { name: 'pay' }), undefined, undefined, { http }),
    ).rejects.toMatchObject(changed(/branch 01 'pay' is given another input than recorded/));
    const moved = await world.run((wf) => wf.http('http://b/pay', { amount: 1 }, { name: 'pay' }), undefined);
    expect(moved).toMatchObject({ result: 'paid' });
  });

  it('when a step stands where lanes were recorded, before it does anything', async () => {
    const parallel: Work = (wf) => wf.all([step('one'), step('two')]);
    await expectRefusal(
      parallel,
      inOrder('one'),
      /branch 01 'one' is to be executed, but the action of 'one' \(010101\)/,
    );
    await expectRefusal(
      inOrder('one'),
      parallel,
      /branch 010101 'one' is to be executed, but the action of 'one' \(01\)/,
    );
  });

  it('when a lane is gone', async () => {
    await expectRefusal(
      (wf) => wf.all([step('one'), step('two')]),
      (wf) => wf.all([step('one')]),
      /branch 010201 is recorded as done 'two', and was not reached/,
    );
  });

  it('when a lane has grown after the lanes had ended', async () => {
    await expectRefusal(
      async (wf) => [await wf.all([step('one')]), await step('after')(wf)],
      async (wf) => [
        await wf.all([async (lane) => [await step('one')(lane), await step('new')(lane)]]),
        await step('after')(wf),
      ],
      /branch 010102 'new' is to be executed, but the action of 'after' \(02\)/,
    );
  });

  it('when it would end in the other direction', async () => {
    const failing =
      (fails: boolean): Work =>
      async (wf) => {
        const undo = (): Promise<void> => Promise.resolve();
        await wf
          .branch('one')
          .onFinish(undo)
          .do(() => 1);
        if (fails) throw new BranchFailureError('no stock');
      };
    await expectRefusal(failing(true), failing(false), /branch 01 has recorded its rollback, and .* ends with commit/);
    await expectRefusal(failing(false), failing(true), /branch 01 has recorded its commit, and .* ends with rollback/);
  });

  it('when a step was added after the second phase had begun', async () => {
    const ending =
      (...names: string[]): Work =>
      async (wf) => {
        wf.branch('end').onCommit(() => Promise.resolve());
        await inOrder(...names)(wf, undefined);
      };
    await expectRefusal(
      ending('one'),
      ending('one', 'two'),
      /branch 03 'two' is to be executed, but the commit of 'end'/,
    );
  });

  it('when another run has recorded another step in the same place meanwhile', async () => {
    const world = new WorkflowWorld();
    const other: StepRow = {
      branchId: '01',
      op: 'action',
      status: 'succeed',
      data: '{"nestjs-dtx":1,"step":"other","kind":"local"}',
    };
    const run = world.run((wf) => wf.branch('mine').do(() => void world.rows.push(other)), undefined);
    await expect(run).rejects.toMatchObject(changed(/branch 01 is recorded as 'other'/));
  });
});
