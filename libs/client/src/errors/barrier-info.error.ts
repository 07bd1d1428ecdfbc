import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** A branch request that does not say, or not exactly, which one it is: without that, no barrier can protect it (spec 8.2). */
export class BarrierInfoError extends DtxError {
  override readonly name = 'BarrierInfoError';

  /**
   * @param field which of `transType`, `gid`, `branchId`, `op`
   * @param problem to be read after the field's name
   */
  constructor(
    readonly field: string,
    problem: string,
  ) {
    super(ERROR_CODES.barrierInfo, `invalid branch request: ${field} ${problem}`);
  }
}
