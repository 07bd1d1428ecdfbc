import fc from 'fast-check';
import { BranchFailureError } from '../errors/branch-failure.error';
import type { WorkflowContext } from './workflow-context';
import { MortalProcess, WorkflowWorld } from './workflow-world.spec-helper';
import { XaWorld } from './xa-world.spec-helper';

/** A workflow of xa branches: one after the other, or each in a lane of its own. */
interface XaProgram {
  readonly branches: readonly { readonly refuses: boolean; readonly caught: boolean }[];
  readonly parallel: boolean;
  readonly refusedInTheEnd: boolean;
}

const often = fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
const programs: fc.Arbitrary<XaProgram> = fc.record({
  branches: fc.array(fc.record({ refuses: often, caught: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  parallel: fc.boolean(),
  refusedInTheEnd: often,
});

class Setting {
  readonly world = new WorkflowWorld();
  readonly database = new XaWorld();

  constructor(private readonly program: XaProgram) {}

  run(process: MortalProcess): Promise<unknown> {
    const { branches, parallel, refusedInTheEnd } = this.program;
    const runner = this.database.runner(process);
    const steps = branches.map(({ refuses, caught }, index) => async (wf: WorkflowContext) => {
      const work = wf.xa(`step ${index}`, runner, async () => {
        if (refuses) throw new BranchFailureError('refused');
        return index;
      });
      await work.catch((error: unknown) => {
        if (!caught || !(error instanceof BranchFailureError)) throw error;
      });
    });
    const workflow = async (wf: WorkflowContext) => {
      if (parallel) await wf.all(steps);
      else for (const step of steps) await step(wf);
      if (refusedInTheEnd) throw new BranchFailureError('changed our mind');
    };
    return this.world.run(workflow, undefined, process).catch(() => undefined);
  }

  /** What is left of it, and what the law asks for: of all that is not committed with the workflow, nothing is left. */
  get remains() {
    const { end, rows } = this.world;
    const done = rows.filter(({ op, status }) => op === 'action' && status === 'succeed').map((row) => row.branchId);
    const inState = (wanted: string) =>
      [...this.database.branches].filter(([, state]) => state === wanted).map(([id]) => id);
    return {
      ended: end !== undefined,
      prepared: inState('prepared'),
      committed: inState('committed').toSorted(),
      toBeCommitted: end?.status === 'succeed' ? done.toSorted() : [],
    };
  }
}

function expectAtomic({ remains }: Setting): void {
  expect(remains).toEqual({
    ended: true,
    prepared: [],
    committed: remains.toBeCommitted,
    toBeCommitted: remains.toBeCommitted,
  });
}

describe('xa branches of a workflow, wherever its processes die,', () => {
  it('are committed with it, or nothing of them is left', async () => {
    await fc.assert(
      fc.asyncProperty(programs, fc.array(fc.nat({ max: 30 }), { maxLength: 6 }), async (program, lives) => {
        const setting = new Setting(program);
        for (const life of lives) await setting.run(new MortalProcess(life));
        await setting.run(new MortalProcess());
        expectAtomic(setting);
      }),
      { numRuns: 400 },
    );
  });

  it('come to one end when several processes are at them at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        programs,
        fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 3 }),
        async (program, lives) => {
          const setting = new Setting(program);
          await Promise.all([...lives, Number.POSITIVE_INFINITY].map((life) => setting.run(new MortalProcess(life))));
          // A run that met another one has no outcome; the coordinator calls again.
          await setting.run(new MortalProcess());
          expectAtomic(setting);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('without any accident end as the function says', async () => {
    await fc.assert(
      fc.asyncProperty(programs, async (program) => {
        const setting = new Setting(program);
        await setting.run(new MortalProcess());
        const isFailed = program.refusedInTheEnd || program.branches.some(({ refuses, caught }) => refuses && !caught);
        expect(setting.world.end?.status).toBe(isFailed ? 'failed' : 'succeed');
        expectAtomic(setting);
      }),
    );
  });
});

describe('a replay of an xa branch', () => {
  it('does nothing again, and fails where the business is recorded and the action is not', async () => {
    const setting = new Setting({
      branches: [{ refuses: false, caught: false }],
      parallel: false,
      refusedInTheEnd: false,
    });
    // Started, business recorded, prepared; then it dies before the action is.
    await setting.run(new MortalProcess(6));
    expect(setting.world.notation).toEqual(['01 business succeed']);
    expect([...setting.database.branches]).toEqual([['01', 'prepared']]);
    await setting.run(new MortalProcess());
    expect(setting.world.notation).toEqual(['01 business succeed', '01 action failed']);
    expect(setting.world.end).toEqual({
      status: 'failed',
      reason: `xa branch 01 'step 0' was interrupted at its prepare: it is not resumable`,
    });
    expect([...setting.database.branches]).toEqual([['01', 'rolled back']]);
  });

  it('refuses a function that has left the branch out', async () => {
    const setting = new Setting({
      branches: [{ refuses: false, caught: false }],
      parallel: false,
      refusedInTheEnd: false,
    });
    await setting.run(new MortalProcess(6));
    const without = setting.world.run(() => Promise.resolve(), undefined);
    await expect(without).rejects.toMatchObject({ code: 'DTX_WORKFLOW_CHANGED' });
  });
});
