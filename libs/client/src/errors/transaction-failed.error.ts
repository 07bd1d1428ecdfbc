import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** The transaction does not happen: its steps are undone (`failed`), or are being undone by the coordinator (`aborting`). */
export class TransactionFailedError extends DtxError {
  override readonly name = 'TransactionFailedError';

  /** @param reason `rollback_reason`: which step refused and what it said, a timeout, or an operator's stop */
  constructor(
    readonly gid: string,
    readonly status: 'aborting' | 'failed',
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    const state = status === 'failed' ? 'was rolled back' : 'is being rolled back';
    super(ERROR_CODES.transactionFailed, `transaction ${gid} ${state}: ${reason || 'no reason given'}`, options);
  }
}
