import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** An xa branch is not as the coordinator's decision needs it: a person has to look at it. */
export class XaBranchError extends DtxError {
  override readonly name = 'XaBranchError';

  /**
   * @param xid as the database knows the branch
   * @param problem to be read after the xid
   */
  constructor(
    readonly xid: string,
    problem: string,
  ) {
    super(ERROR_CODES.xaBranch, `xa branch ${xid} ${problem}`);
  }
}
