import { DtxError, type ErrorCode } from '@nestjs-dtx/protocol';

/** A change of a topic that was refused, in the words that SDKs know (spec 2.11). Nothing was changed. */
export class TopicError extends DtxError {
  override readonly name = 'TopicError';

  /** @param field the parameter that is to blame */
  constructor(
    code: ErrorCode,
    readonly field: 'topic' | 'url',
    message: string,
  ) {
    super(code, message);
  }
}
