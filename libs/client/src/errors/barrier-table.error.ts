import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** The barrier's table cannot be used: its name is no plain name, or it does not behave like the table of spec 8.1. */
export class BarrierTableError extends DtxError {
  override readonly name = 'BarrierTableError';

  constructor(
    readonly table: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(ERROR_CODES.barrierTable, `barrier table '${table}' ${problem}`, options);
  }
}
