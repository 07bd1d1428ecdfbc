import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** A decorator or an option is used in a way that cannot work. The application does not start; the message holds the fix. */
export class DtxDefinitionError extends DtxError {
  override readonly name = 'DtxDefinitionError';

  constructor(message: string, options?: ErrorOptions) {
    super(ERROR_CODES.definition, message, options);
  }
}
