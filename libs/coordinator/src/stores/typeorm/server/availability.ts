import { Logger } from '@nestjs/common';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { BatchErrorKind } from '../../batch/batch-outcome';

/** Whether the database server answers, told in the log when it changes and not at every attempt. */
export class Availability {
  private readonly logger = new Logger('Store');
  private isDown = false;

  /** @param where the server, as it is shown to an operator */
  constructor(private readonly where: string) {}

  succeeded(): void {
    if (!this.isDown) return;
    this.isDown = false;
    this.logger.log(`${this.where} answers again`);
  }

  /** @returns what a caller is told of an error: `DTX_STORE_UNAVAILABLE` where the same may succeed later */
  told(cause: unknown, kind: BatchErrorKind): unknown {
    if (kind === 'write') return cause;
    if (kind === 'outage') return this.failed(cause);
    return unavailable(`others keep the same rows busy: ${reasonOf(cause)}`, cause);
  }

  private failed(cause: unknown): DtxError {
    const reason = reasonOf(cause);
    if (!this.isDown) this.logger.error(`${this.where} does not answer (${reason}); tried again with every request`);
    this.isDown = true;
    return unavailable(`the store failed: ${reason}`, cause);
  }
}

/** Drivers put the reason of several failed addresses into a list and leave the message empty. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.message) return cause.message;
  return (cause as { code?: string }).code ?? cause.name;
}

const unavailable = (message: string, cause: unknown): DtxError =>
  new DtxError(ERROR_CODES.storeUnavailable, message, { cause });
