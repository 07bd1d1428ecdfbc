import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/**
 * A barrier was called with an entity manager that has no open transaction. Each statement would commit on its own, and a
 * crash between the barrier's row and the effect would lose one of them.
 */
export class BarrierRootHandleError extends DtxError {
  override readonly name = 'BarrierRootHandleError';

  constructor() {
    super(
      ERROR_CODES.barrierRootHandle,
      'the barrier needs the entity manager of an open transaction, not dataSource.manager: ' +
        'use the one that BarrierService.transaction() or dataSource.transaction() passes',
    );
  }
}
