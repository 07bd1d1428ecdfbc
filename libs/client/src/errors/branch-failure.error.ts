import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/**
 * A business refusal: the transaction is to be rolled back. Thrown by calls whose participant has refused, and by business
 * code that refuses by itself.
 */
export class BranchFailureError extends DtxError {
  override readonly name = 'BranchFailureError';

  /** @param message the reason, as it will stand in `rollback_reason` */
  constructor(message: string, options?: ErrorOptions) {
    super(ERROR_CODES.failure, message, options);
  }
}

/** @returns whether the error is a business refusal, from whichever copy of whichever package of this project. */
export function isBranchFailure(error: unknown): boolean {
  return (error as { code?: unknown } | null | undefined)?.code === ERROR_CODES.failure;
}
