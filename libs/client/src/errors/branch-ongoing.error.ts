import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** A participant is not done yet. To a coordinator it is answered with 425: ask again later. */
export class BranchOngoingError extends DtxError {
  override readonly name = 'BranchOngoingError';

  /** @param message what is being waited for */
  constructor(message: string, options?: ErrorOptions) {
    super(ERROR_CODES.ongoing, message, options);
  }
}
