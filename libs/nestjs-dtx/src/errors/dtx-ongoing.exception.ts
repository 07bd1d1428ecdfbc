import { HttpException } from '@nestjs/common';
import { ERROR_CODES, RESULTS } from '@nestjs-dtx/protocol';

/** "Too early", which Nest's enumeration of statuses does not have. */
export const TOO_EARLY = 425;

/** The step is not done yet: the coordinator asks again, at a fixed interval and without counting it as an error. */
export class DtxOngoingException extends HttpException {
  override readonly name = 'DtxOngoingException';
  readonly code = ERROR_CODES.ongoing;

  /** @param message what is being waited for */
  constructor(message: string, options?: ErrorOptions) {
    super({ dtm_result: RESULTS.ongoing, message }, TOO_EARLY, options);
    this.message = message;
  }
}
