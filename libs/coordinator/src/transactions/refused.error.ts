import type { Refusal } from '@nestjs-dtx/engine';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** A command that the state of its transaction does not allow. Nothing was changed. */
export class RefusedError extends DtxError {
  override readonly name = 'RefusedError';
  /** Whether this is a business refusal (409), and not an unknown gid. */
  readonly isConflict: boolean;

  constructor(refusal: Refusal) {
    const isConflict = refusal.kind === 'conflict';
    super(isConflict ? ERROR_CODES.conflict : ERROR_CODES.unknownTransaction, refusal.message);
    this.isConflict = isConflict;
  }
}
