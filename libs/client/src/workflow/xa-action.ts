import { OPS } from '@nestjs-dtx/protocol';
import { BranchFailureError } from '../errors/branch-failure.error';
import { BranchOngoingError } from '../errors/branch-ongoing.error';
import { jsonCopy } from './json-copy';
import type { StepIdentity, StepOutcome, WorkflowStep } from './step';
import type { StepRecorder } from './step-recorder';
import type { XaRunner } from './xa-runner';

/** An xa branch of a workflow. */
export interface XaStep<Handle> {
  readonly gid: string;
  readonly branchId: string;
  readonly name: string;
  readonly runner: XaRunner<Handle>;
  readonly business: (handle: Handle, step: WorkflowStep) => Promise<unknown>;
}

/**
 * Does the action of an xa branch (spec 9.6): business, its record, prepare, and then the record of the action. A run that
 * finds the business recorded and no outcome cannot know whether the branch was prepared: that is a failure. A failure is
 * told only when nothing of the branch is left, nor can come any more, so that the workflow's function may catch it.
 *
 * @returns the recorded outcome
 * @throws Error when the outcome is unknown, or when a failed branch cannot be rolled back yet
 */
export async function xaAction<Handle>(recorder: StepRecorder, xa: XaStep<Handle>): Promise<StepOutcome> {
  const { gid, branchId, name, runner } = xa;
  const identity: StepIdentity = { name, kind: 'xa' };
  const isBusinessDone = recorder.isRecorded({ branchId, op: OPS.business }, identity);
  const key = { branchId, op: OPS.action };
  const branch: WorkflowStep = { transType: 'workflow', gid, ...key, name };
  const problem = problemOfXid(runner, branch);
  const outcome = await recorder.action({
    key,
    identity,
    work: async (step) => {
      if (problem) throw new BranchFailureError(problem.message, { cause: problem });
      if (isBusinessDone)
        throw new BranchFailureError(`${what(xa)} was interrupted at its prepare: it is not resumable`);
      return prepared(recorder, xa, { step, identity });
    },
  });
  // The decision is recorded by now: a run that is still at work there can only come to the same one.
  if (outcome.kind === 'failure' && !problem) await runner.rollback({ ...branch, op: OPS.rollback });
  return outcome;
}

async function prepared<Handle>(
  recorder: StepRecorder,
  xa: XaStep<Handle>,
  { step, identity }: { readonly step: WorkflowStep; readonly identity: StepIdentity },
): Promise<unknown> {
  const { branchId, name } = xa;
  const result = await xa.runner.work(step, {
    // What cannot be recorded must not be prepared either.
    business: async (handle) => jsonCopy(await xa.business(handle, step), `result of branch ${branchId} '${name}'`),
    register: () => recorder.mark({ branchId, op: OPS.business }, identity),
  });
  if (result.ran) return result.value;
  throw new BranchOngoingError(`${what(xa)} was prepared by another run of this workflow`);
}

/** What is wrong with the branch's name stays wrong, however often the workflow is resumed. */
function problemOfXid(runner: Pick<XaRunner<never>, 'xidOf'>, branch: WorkflowStep): Error | undefined {
  try {
    runner.xidOf(branch);
  } catch (error) {
    return error as Error;
  }
  return undefined;
}

function what({ branchId, name }: Pick<XaStep<never>, 'branchId' | 'name'>): string {
  return `xa branch ${branchId} '${name}'`;
}
