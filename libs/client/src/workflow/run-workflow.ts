import { OPS } from '@nestjs-dtx/protocol';
import { jsonCopy } from './json-copy';
import { Lane } from './lane';
import { reasonOf, StepRecorder, type RecorderParts } from './step-recorder';
import { WorkflowContext, type WorkflowContextParts } from './workflow-context';
import { WorkflowEndedError, type WorkflowEnd } from './workflow-end';
import { WorkflowRun } from './workflow-run';

/**
 * The function of a workflow. It is run again from its beginning after an interruption, and then its finished steps return
 * what they returned before. So it must do the same steps in the same order each time, whatever time it is: everything
 * that may come out differently stands in a step.
 */
export type WorkflowFunction<Input, Result> = (wf: WorkflowContext, input: Input) => Promise<Result>;

/** @see runWorkflow */
export interface RunParts extends RecorderParts, Omit<WorkflowContextParts, 'run' | 'lane'> {
  /** Stores how the workflow ended. @returns what is stored now: this end, or the one that another run stored before */
  finish(end: WorkflowEnd): Promise<WorkflowEnd>;
}

/**
 * Runs a workflow's function over what is recorded of it, then the second phase, and stores the end (spec 9.6).
 *
 * @returns how the transaction ended
 * @throws Error for which it has not ended: it stays prepared, and the coordinator calls back
 */
export async function runWorkflow<Input>(
  workflow: WorkflowFunction<Input, unknown>,
  input: Input,
  parts: RunParts,
): Promise<WorkflowEnd> {
  const run = new WorkflowRun(parts.gid, new StepRecorder(parts), (error) => parts.hooks.isFailure(error));
  try {
    const end = await endOfFunction(run, workflow, input, parts);
    parts.progress.checkAllReached();
    await secondPhase(run, end.status === 'succeed' ? OPS.commit : OPS.rollback, parts);
    return await parts.finish(end);
  } catch (error) {
    if (error instanceof WorkflowEndedError) return error.end;
    throw error;
  }
}

async function endOfFunction<Input>(
  run: WorkflowRun,
  workflow: WorkflowFunction<Input, unknown>,
  input: Input,
  parts: RunParts,
): Promise<WorkflowEnd> {
  const context = new WorkflowContext({ ...parts, run, lane: new Lane(run, '') });
  try {
    const result = await workflow(context, input);
    await run.close();
    run.checkNotHalted();
    return { status: 'succeed', result: jsonCopy(result, `result of workflow ${parts.gid}`) };
  } catch (error) {
    await run.close();
    // Before the error that the function threw: it may well have made something else of it.
    run.checkNotHalted();
    if (!run.isFailure(error)) throw error;
    return { status: 'failed', reason: reasonOf(error) };
  }
}

/** Last branch first. It must succeed in the end, so what throws is repeated by the next run, from there. */
async function secondPhase(run: WorkflowRun, op: 'commit' | 'rollback', { progress }: RunParts): Promise<void> {
  progress.checkDirection(op);
  for (const { branchId, name, work } of run.phaseTwo.inReverse(op)) {
    await run.recorder.finish({ key: { branchId, op }, identity: { name, kind: 'local' }, work });
  }
}
