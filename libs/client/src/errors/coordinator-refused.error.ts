import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** @see CoordinatorRefusedError */
export interface RefusedOptions extends ErrorOptions {
  /** When it wants to be asked again, if it said so. */
  readonly retryAfterSeconds?: number;
}

/** The coordinator answered with an error: the request changed nothing. `message` repeats what it said. */
export class CoordinatorRefusedError extends DtxError {
  override readonly name = 'CoordinatorRefusedError';
  readonly retryAfterSeconds: number | undefined;

  /**
   * @param status HTTP status of the answer
   * @param text what the coordinator said
   */
  constructor(
    readonly status: number,
    text: string,
    options: RefusedOptions = {},
  ) {
    super(ERROR_CODES.coordinatorRefused, `the coordinator refused (status ${status}): ${text}`, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
