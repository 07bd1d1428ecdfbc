import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/**
 * A replay does not do what is recorded: the function was changed while this transaction was under way, or it decides by
 * something that is not recorded, such as the time. Going on could leave an effect that nothing undoes, so nothing is done.
 */
export class WorkflowChangedError extends DtxError {
  override readonly name = 'WorkflowChangedError';

  /** @param problem to be read after the branch's id */
  constructor(
    readonly gid: string,
    readonly branchId: string,
    problem: string,
  ) {
    super(
      ERROR_CODES.workflowChanged,
      `workflow ${gid} does not repeat what is recorded: branch ${branchId} ${problem}. Put the former order of steps back, ` +
        'or register the changed function under a new name; keep times, random values and reads in steps of their own',
    );
  }
}
