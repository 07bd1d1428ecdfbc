import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** This process does not have the function of a workflow that it is to run (spec 9.6). */
export class WorkflowUnknownError extends DtxError {
  override readonly name = 'WorkflowUnknownError';

  constructor(readonly workflow: string) {
    super(ERROR_CODES.workflowUnknown, `workflow '${workflow}' not registered. please register at startup`);
  }
}
