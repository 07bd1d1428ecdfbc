import fc from 'fast-check';
import { BranchFailureError } from '../errors/branch-failure.error';
import type { WorkflowContext } from './workflow-context';
import type { WorkflowEnd } from './workflow-end';
import type { MortalProcess, WorkflowWorld } from './workflow-world.spec-helper';

/** A step of a random workflow. */
export interface ProgramStep {
  readonly fails: boolean;
  /** The function catches the failure and goes on. */
  readonly caught: boolean;
  readonly undone: boolean;
  readonly confirmed: boolean;
}

/** A random workflow: steps, and functions beside each other. */
export type Program = readonly (ProgramStep | { readonly lanes: readonly Program[]; readonly caught: boolean })[];

const step: fc.Arbitrary<ProgramStep> = fc.record({
  fails: fc.boolean(),
  caught: fc.boolean(),
  undone: fc.boolean(),
  confirmed: fc.boolean(),
});
const mostlyFine = fc.oneof(
  { weight: 4, arbitrary: step.map((each) => ({ ...each, fails: false })) },
  { weight: 1, arbitrary: step },
);

/** Programs with lanes in lanes. */
export const programs: fc.Arbitrary<Program> = fc.letrec<{ program: Program; node: Program[number] }>((tie) => ({
  program: fc.array(tie('node'), { maxLength: 4 }),
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: mostlyFine },
    {
      weight: 1,
      arbitrary: fc.record({ lanes: fc.array(tie('program'), { maxLength: 3 }), caught: fc.boolean() }),
    },
  ),
})).program;

/** @returns the workflow's function, whose guarded effects happen in the world. */
export function functionOf(program: Program, world: WorkflowWorld, process: MortalProcess) {
  return async (wf: WorkflowContext): Promise<unknown> => {
    const results: unknown[] = [];
    for (const [index, node] of program.entries()) {
      const work = 'lanes' in node ? lanes(wf, node.lanes) : single(wf, node, `step ${index}`);
      results.push(await work.catch((error: unknown) => caughtOr(error, node.caught)));
    }
    return results;
  };

  function single(wf: WorkflowContext, node: ProgramStep, name: string): Promise<unknown> {
    const branch = wf.branch(name);
    if (node.undone) branch.onRollback((each) => process.act(() => world.effect(each)));
    if (node.confirmed) branch.onCommit((each) => process.act(() => world.effect(each)));
    return branch.do(async (each) => {
      if (node.fails) throw new BranchFailureError(`${name} refuses`);
      await process.act(() => world.effect(each));
      return { done: each.branchId };
    });
  }

  function lanes(wf: WorkflowContext, all: readonly Program[]): Promise<unknown> {
    return wf.all(all.map((each) => functionOf(each, world, process)));
  }
}

function caughtOr(error: unknown, isCaught: boolean): unknown {
  if (!isCaught || !(error instanceof BranchFailureError)) throw error;
  return { refused: error.message };
}

/** What a program comes to without any accident, by its meaning alone. */
export interface Meaning {
  readonly status: WorkflowEnd['status'];
  /** Effects as `op branch`, in no order. */
  readonly effects: readonly string[];
}

/** @returns what must have happened in the end, whatever happened on the way. */
export function meaningOf(program: Program): Meaning {
  const done: { readonly id: string; readonly node: ProgramStep }[] = [];
  const failed = runs(program, '');
  const effects = done.flatMap(({ id, node }) => {
    const ends = failed ? node.undone && `rollback ${id}` : node.confirmed && `commit ${id}`;
    return [`action ${id}`, ...(ends ? [ends] : [])];
  });
  return { status: failed ? 'failed' : 'succeed', effects };

  /** @returns whether it fails. */
  function runs(nodes: Program, prefix: string): boolean {
    for (const [index, node] of nodes.entries()) {
      const id = prefix + pair(index);
      if ('lanes' in node) {
        const failures = node.lanes.map((lane, number) => runs(lane, id + pair(number)));
        if (failures.includes(true) && !node.caught) return true;
      } else if (!node.fails) done.push({ id, node });
      else if (!node.caught) return true;
    }
    return false;
  }
}

const pair = (index: number): string => String(index + 1).padStart(2, '0');
