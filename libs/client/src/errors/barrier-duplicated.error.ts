import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/**
 * The local transaction of a message may not commit: this message was already handled, or a check-back came first and
 * told the coordinator that it never will be (spec 8.3, 8.4).
 */
export class BarrierDuplicatedError extends DtxError {
  override readonly name = 'BarrierDuplicatedError';

  constructor(readonly gid: string) {
    super(
      ERROR_CODES.barrierDuplicated,
      `message ${gid} was already handled or has been checked back as not committed; roll the local transaction back`,
    );
  }
}
