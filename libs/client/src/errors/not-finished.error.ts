import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** The wait is over, the transaction is not: the coordinator goes on with it. It is neither a success nor a failure yet. */
export class NotFinishedError extends DtxError {
  override readonly name = 'NotFinishedError';

  /** @param lastError what the last unsuccessful branch call said, empty if there was none */
  constructor(
    readonly gid: string,
    readonly lastError: string,
    options?: ErrorOptions,
  ) {
    const last = lastError === '' ? '' : `; its last call: ${lastError}`;
    super(ERROR_CODES.notFinished, `transaction ${gid} is not finished and goes on${last}`, options);
  }
}
