import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** How a workflow ended, as the coordinator keeps it: the same for everybody who asks. */
export type WorkflowEnd =
  { readonly status: 'succeed'; readonly result: unknown } | { readonly status: 'failed'; readonly reason: string };

/** Ends a run whose transaction was finished meanwhile, by another run or by an operator. */
export class WorkflowEndedError extends DtxError {
  override readonly name = 'WorkflowEndedError';

  constructor(
    gid: string,
    readonly end: WorkflowEnd,
  ) {
    super(ERROR_CODES.conflict, `workflow ${gid} has ended meanwhile: ${end.status}`);
  }
}
