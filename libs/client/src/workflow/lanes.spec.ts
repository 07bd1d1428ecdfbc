import { BranchFailureError } from '../errors/branch-failure.error';
import type { WorkflowContext } from './workflow-context';
import { WorkflowWorld } from './workflow-world.spec-helper';

const done = (): Promise<void> => Promise.resolve();
const refusal = (reason: string) => Promise.reject(new BranchFailureError(reason));

let world: WorkflowWorld;
beforeEach(() => {
  world = new WorkflowWorld();
});

const run = (work: (wf: WorkflowContext) => Promise<unknown>) => world.run(work, undefined);

describe('wf.all', () => {
  it('returns the results in the order of the lanes, whichever is faster', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const end = await run(async (wf) => {
      const [slow, fast] = await wf.all([
        (lane) => lane.branch('slow').do(() => gate.then(() => 'slow')),
        async (lane) => {
          const result = await lane.branch('fast').do(() => 2);
          release();
          return result;
        },
      ]);
      const text: string = slow;
      const number: number = fast;
      return [text, number];
    });
    expect(end).toEqual({ status: 'succeed', result: ['slow', 2] });
    expect(world.notation).toEqual(['010201 action succeed', '010101 action succeed']);
  });

  it('gives each lane ids of its own, at any depth', async () => {
    const ids: string[] = [];
    const step = (wf: WorkflowContext) => wf.branch('step').do(({ branchId }) => void ids.push(branchId));
    await run(async (wf) => {
      await step(wf);
      await wf.all([step, async (lane) => [await step(lane), await lane.all([step, step]), await step(lane)]]);
      await step(wf);
    });
    expect(ids.toSorted()).toEqual(['01', '020101', '020201', '0202020101', '0202020201', '020203', '03']);
  });

  it('waits for the other lanes when one refuses, and then undoes what they did', async () => {
    const log: string[] = [];
    let refused = (): void => undefined;
    const gate = new Promise<void>((resolve) => (refused = resolve));
    const end = await run((wf) =>
      wf.all([
        (lane) =>
          lane.branch('no').do(() => {
            refused();
            return refusal('no stock');
          }),
        async (lane) => {
          await lane
            .branch('yes')
            .onRollback(async () => log.push('undo yes'))
            .do(() => gate);
          await lane
            .branch('more')
            .onRollback(async () => log.push('undo more'))
            .do(done);
        },
      ]),
    );
    expect(end).toEqual({ status: 'failed', reason: 'no stock' });
    expect(log).toEqual(['undo more', 'undo yes']);
  });

  it('tells the refusal of the first lane in their order, not in time', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const end = await run((wf) =>
      wf.all([
        (lane) => lane.branch('late').do(() => gate.then(() => refusal('late'))),
        (lane) =>
          lane.branch('early').do(() => {
            release();
            return refusal('early');
          }),
      ]),
    );
    expect(end).toEqual({ status: 'failed', reason: 'late' });
  });

  it('leaves the workflow unfinished when one lane is, whatever the others say', async () => {
    const work = (wf: WorkflowContext) =>
      wf
        .all([
          (lane) => lane.branch('no').do(() => refusal('no stock')),
          (lane) => lane.branch('unknown').do(() => Promise.reject(new Error('timeout'))),
        ])
        .catch(() => undefined);
    await expect(run(work)).rejects.toThrow('timeout');
    expect(world.notation).toEqual(['010101 action failed']);
  });

  it('has ids for four levels, not for more', async () => {
    const nested =
      (levels: number) =>
      (wf: WorkflowContext): Promise<unknown> =>
        levels === 0 ? wf.branch('step').do(done) : wf.all([nested(levels - 1)]);
    await run(nested(4));
    expect(world.notation).toEqual(['010101010101010101 action succeed']);
    world = new WorkflowWorld();
    await expect(run(nested(5))).rejects.toMatchObject({ code: 'DTX_BRANCH_ID_EXHAUSTED' });
  });

  it('of nothing is nothing', async () => {
    expect(await run((wf) => wf.all([]))).toEqual({ status: 'succeed', result: [] });
  });

  it('waits for lanes when one throws an error of its own at once', async () => {
    const work = (wf: WorkflowContext) =>
      wf.all([
        () => {
          throw new TypeError('x is undefined');
        },
        (lane) => lane.branch('one').do(done),
      ]);
    await expect(run(work)).rejects.toThrow('x is undefined');
    expect(world.notation).toEqual(['010201 action succeed']);
  });
});
