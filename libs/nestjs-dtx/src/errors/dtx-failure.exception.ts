import { HttpException, HttpStatus } from '@nestjs/common';
import { ERROR_CODES, RESULTS } from '@nestjs-dtx/protocol';

/**
 * This step cannot be done, for a business reason, now or later: the transaction is rolled back. Throw it from actions and
 * tries only; a compensation that fails for good is an incident which nobody can resolve but a human.
 */
export class DtxFailureException extends HttpException {
  override readonly name = 'DtxFailureException';
  readonly code = ERROR_CODES.failure;

  /** @param message the reason, as it stands in `rollback_reason` */
  constructor(message: string, options?: ErrorOptions) {
    super({ dtm_result: RESULTS.failure, message }, HttpStatus.CONFLICT, options);
    this.message = message;
  }
}
