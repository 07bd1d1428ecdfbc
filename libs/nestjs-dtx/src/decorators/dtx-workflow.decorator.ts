import { SetMetadata } from '@nestjs/common';
import type { WorkflowContext } from '@nestjs-dtx/client';
import { WORKFLOW_METADATA } from '../dtx.constants';

/** A method that can be the function of a workflow. */
export type WorkflowMethod = (wf: WorkflowContext, input: never) => Promise<unknown>;

/**
 * Makes a method of a provider or controller the function of a workflow (spec 9.6), to be started with
 * `dtx.workflow(name, gid).execute(input)`. It is no route: when a run has no outcome, the coordinator calls back at a route of
 * the module, and any instance of the service goes on.
 *
 * The method is run again from its beginning then, and its finished steps return what they returned before. So it must do the
 * same steps in the same order each time; everything that may come out differently stands in a step.
 *
 * @param name unique in the application, and kept as long as workflows of that name are unfinished
 */
export function DtxWorkflow(
  name: string,
): <Method extends WorkflowMethod>(
  target: object,
  key: string | symbol,
  method: TypedPropertyDescriptor<Method>,
) => void {
  return (target, key, method) => SetMetadata(WORKFLOW_METADATA, name)(target, key, method);
}
