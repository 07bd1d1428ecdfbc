import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** A workflow's function uses its context in a way that no replay could repeat. The message holds the fix. */
export class WorkflowMisuseError extends DtxError {
  override readonly name = 'WorkflowMisuseError';

  constructor(
    readonly gid: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(ERROR_CODES.workflowMisuse, `workflow ${gid}: ${problem}`, options);
  }
}
