import { BranchFailureError } from '../errors/branch-failure.error';
import { WorkflowEndedError } from './workflow-end';
import type { WorkflowContext } from './workflow-context';
import { WorkflowWorld } from './workflow-world.spec-helper';

const done = (): Promise<void> => Promise.resolve();
const refusal = (reason: string) => Promise.reject(new BranchFailureError(reason));
const misuse = (message: RegExp) => ({
  code: 'DTX_WORKFLOW_MISUSE',
  message: expect.stringMatching(message) as string,
});

let world: WorkflowWorld;
beforeEach(() => {
  world = new WorkflowWorld();
});

const run = (work: (wf: WorkflowContext) => Promise<unknown>) => world.run(work, undefined);

describe('the second phase', () => {
  const log: string[] = [];
  const note = (text: string) => () => Promise.resolve(void log.push(text));
  beforeEach(() => log.splice(0));

  it('confirms in reverse after a success', async () => {
    await run(async (wf) => {
      await wf.branch('one').onCommit(note('commit one')).onRollback(note('undo one')).do(done);
      await wf.branch('two').onFinish(note('finish two')).do(done);
    });
    expect(log).toEqual(['finish two', 'commit one']);
    expect(world.notation).toEqual([
      '01 action succeed',
      '02 action succeed',
      '02 commit succeed',
      '01 commit succeed',
    ]);
  });

  it('undoes in reverse after a failure, without the branch that refused', async () => {
    const end = await run(async (wf) => {
      await wf.branch('one').onRollback(note('undo one')).do(done);
      await wf.branch('two').onFinish(note('finish two')).do(done);
      await wf
        .branch('three')
        .onRollback(note('undo three'))
        .do(() => refusal('no stock'));
    });
    expect(end).toEqual({ status: 'failed', reason: 'no stock' });
    expect(log).toEqual(['finish two', 'undo one']);
    expect(world.notation.slice(2)).toEqual(['03 action failed', '02 rollback succeed', '01 rollback succeed']);
  });

  it('undoes the branch that refused if it is asked to', async () => {
    await run((wf) =>
      wf
        .branch('one')
        .onRollback(note('undo one'))
        .compensateFailed()
        .do(() => refusal('no stock')),
    );
    expect(log).toEqual(['undo one']);
  });

  it('never confirms a branch that refused, though the workflow has succeeded', async () => {
    await run(async (wf) => {
      const branch = wf.branch('one').onFinish(note('finish one')).compensateFailed();
      await branch.do(() => refusal('no stock')).catch(() => undefined);
    });
    expect(log).toEqual([]);
    expect(world.end).toMatchObject({ status: 'succeed' });
  });

  it('includes branches that have no action', async () => {
    await run(async (wf) => {
      wf.branch('report').onFinish(async ({ op }) => log.push(op));
      await wf.branch('one').do(done);
    });
    expect(world.notation).toEqual(['02 action succeed', '01 commit succeed']);
    expect(log).toEqual(['commit']);
  });

  it('may not refuse: that is an error, which is repeated', async () => {
    const work = (wf: WorkflowContext) =>
      wf
        .branch('one')
        .onCommit(() => refusal('changed my mind'))
        .do(done);
    await expect(run(work)).rejects.toMatchObject(
      misuse(/the commit of branch 01 'one' may not refuse.*changed my mind/),
    );
    expect(world.end).toBeUndefined();
    expect(world.notation).toEqual(['01 action succeed']);
  });

  it('stops at an error and goes on from there', async () => {
    let broken = true;
    const work = async (wf: WorkflowContext): Promise<void> => {
      const flaky = (): Promise<unknown> => (broken ? Promise.reject(new Error('down')) : note('undo one')());
      await wf.branch('one').onRollback(flaky).do(done);
      await wf.branch('two').onRollback(note('undo two')).do(done);
      throw new BranchFailureError('no stock');
    };
    await expect(run(work)).rejects.toThrow('down');
    broken = false;
    expect(await run(work)).toEqual({ status: 'failed', reason: 'no stock' });
    expect(log).toEqual(['undo two', 'undo one']);
  });
});

describe('an outcome that is unknown', () => {
  it('leaves the workflow unfinished, though the function catches it and goes on', async () => {
    const work = async (wf: WorkflowContext): Promise<string> => {
      await wf
        .branch('one')
        .do(() => Promise.reject(new Error('timeout')))
        .catch(() => undefined);
      await wf
        .branch('two')
        .do(done)
        .catch(() => undefined);
      return 'fine';
    };
    await expect(run(work)).rejects.toThrow('timeout');
    expect(world.rows).toEqual([]);
    expect(world.end).toBeUndefined();
  });

  it('comes before a refusal that the function makes of it', async () => {
    const work = (wf: WorkflowContext) =>
      wf
        .branch('one')
        .do(() => Promise.reject(new Error('timeout')))
        .catch(() => refusal('gave up'));
    await expect(run(work)).rejects.toThrow('timeout');
    expect(world.end).toBeUndefined();
  });

  it('is not known better because a result cannot be written', async () => {
    await expect(run((wf) => wf.branch('one').do(() => 10n))).rejects.toMatchObject({
      code: 'DTX_INVALID_REQUEST',
      message: expect.stringContaining("result of branch 01 'one'") as string,
    });
    expect(world.rows).toEqual([]);
    await expect(run(() => Promise.resolve(10n))).rejects.toMatchObject({ code: 'DTX_INVALID_REQUEST' });
    expect(world.end).toBeUndefined();
  });

  it('is an error of the function itself too', async () => {
    await expect(run(() => Promise.reject(new TypeError('x is undefined')))).rejects.toThrow('x is undefined');
    expect(world.end).toBeUndefined();
  });

  it('is not waited for by a process that shuts down', async () => {
    const hooks = { signal: AbortSignal.abort() };
    await expect(world.run((wf) => wf.branch('one').do(done), undefined, undefined, { hooks })).rejects.toMatchObject({
      code: 'DTX_ONGOING',
    });
    expect(world.rows).toEqual([]);
  });
});

describe('a function that cannot be replayed is refused:', () => {
  it('steps at once without wf.all', async () => {
    const work = (wf: WorkflowContext) => Promise.all([wf.branch('one').do(done), wf.branch('two').do(done)]);
    await expect(run(work)).rejects.toMatchObject(
      misuse(/branch 02 'two' is started while branch 01 'one' is under way: await each step/),
    );
    expect(world.end).toBeUndefined();
  });

  it('the outer context inside of a lane', async () => {
    const work = (wf: WorkflowContext) => wf.all([() => wf.branch('one').do(done)]);
    await expect(run(work)).rejects.toMatchObject(misuse(/'one' is started while wf\.all \(01\) is under way/));
  });

  it('a step that nobody awaits', async () => {
    const left: Promise<unknown>[] = [];
    const work = (wf: WorkflowContext) => Promise.resolve(void left.push(wf.branch('one').do(done)));
    await expect(run(work)).rejects.toMatchObject(misuse(/has ended before its steps: await each of them/));
    await Promise.all(left);
    expect(world.notation).toEqual(['01 action succeed']);
    expect(world.end).toBeUndefined();
  });

  it('a step after the end', async () => {
    let kept: WorkflowContext | undefined;
    await run((wf) => Promise.resolve(void (kept = wf)));
    await expect(kept!.branch('one').do(done)).rejects.toMatchObject(misuse(/'one' is started after the function/));
    expect(() => kept!.branch('two').onCommit(done)).toThrow('is started after the function has ended');
  });

  it('two actions of one branch', async () => {
    const work = async (wf: WorkflowContext): Promise<void> => {
      const branch = wf.branch('one');
      await branch.do(done);
      await branch.do(done);
    };
    await expect(run(work)).rejects.toMatchObject(misuse(/branch 01 'one' is done again or out of order/));
  });

  it('branches that are not done in the order in which they were begun', async () => {
    const work = async (wf: WorkflowContext): Promise<void> => {
      const [first, second] = [wf.branch('one'), wf.branch('two')];
      await second.do(done);
      await first.do(done);
    };
    await expect(run(work)).rejects.toMatchObject(misuse(/branch 01 'one' is done again or out of order/));
  });

  it('two undos of one branch', async () => {
    const work = (wf: WorkflowContext) => wf.branch('one').onRollback(done).onRollback(done).do(done);
    await expect(run(work)).rejects.toMatchObject(misuse(/branch 01 'one' has a rollback already/));
  });

  it('a branch without a name, and more branches than there are ids', async () => {
    await expect(run((wf) => wf.branch('').do(done))).rejects.toMatchObject({ code: 'DTX_INVALID_REQUEST' });
    const work = async (wf: WorkflowContext): Promise<void> => {
      for (let each = 0; each < 100; each += 1) await wf.branch('one').do(done);
    };
    await expect(run(work)).rejects.toMatchObject({ code: 'DTX_BRANCH_ID_EXHAUSTED' });
  });
});

describe('a workflow that was finished elsewhere meanwhile', () => {
  it('ends with that end, whatever its function makes of it', async () => {
    const work = async (wf: WorkflowContext): Promise<string> => {
      await wf
        .branch('one')
        .do(() => void (world.end = { status: 'failed', reason: 'stopped' }))
        .catch(() => undefined);
      return 'fine';
    };
    expect(await run(work)).toEqual({ status: 'failed', reason: 'stopped' });
  });

  it('does so in the second phase too', async () => {
    const stop = async (): Promise<void> => void (world.end = { status: 'failed', reason: 'stopped' });
    expect(await run((wf) => wf.branch('one').onCommit(stop).do(done))).toEqual({
      status: 'failed',
      reason: 'stopped',
    });
  });

  it('takes the end for what comes first, before other errors', async () => {
    const ended = new WorkflowEndedError('g1', { status: 'succeed', result: 1 });
    const work = (wf: WorkflowContext) =>
      wf.all([
        (lane) => lane.branch('one').do(() => Promise.reject(new Error('timeout'))),
        (lane) => lane.branch('two').do(() => Promise.reject(ended)),
      ]);
    expect(await run(work)).toEqual(ended.end);
  });
});
