import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** The coordinator answered with an error: the request changed nothing. `message` repeats what it said. */
export class CoordinatorRefusedError extends DtxError {
  override readonly name = 'CoordinatorRefusedError';

  /**
   * @param status HTTP status of the answer
   * @param text what the coordinator said
   */
  constructor(
    readonly status: number,
    text: string,
    options?: ErrorOptions,
  ) {
    super(ERROR_CODES.coordinatorRefused, `the coordinator refused (status ${status}): ${text}`, options);
  }
}
