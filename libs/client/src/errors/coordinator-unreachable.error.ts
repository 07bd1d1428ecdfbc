import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { CoordinatorRefusedError } from './coordinator-refused.error';

/**
 * - `unknown`: the coordinator may have the transaction and may be working on it;
 * - `not-submitted`: it was not submitted, as no try reached the coordinator, or as it came to no submit.
 */
export type UnreachableOutcome = 'unknown' | 'not-submitted';

/** What {@link CoordinatorUnreachableError} is about. */
export interface UnreachableCall {
  /** Base URL of the coordinator. */
  readonly coordinator: string;
  readonly gid?: string;
  readonly outcome: UnreachableOutcome;
}

/**
 * The coordinator did not answer in time, or was busy to the end. Unless the outcome is `not-submitted`, **do not start the
 * same business again under a new gid**: submit it once more with the same gid, or query it.
 */
export class CoordinatorUnreachableError extends DtxError {
  override readonly name = 'CoordinatorUnreachableError';
  readonly gid: string | undefined;
  readonly outcome: UnreachableOutcome;
  /** When a busy coordinator wants to be asked again, if it said so. */
  readonly retryAfterSeconds: number | undefined;

  /** @param options `cause`: the last failure; a {@link CoordinatorRefusedError} from a coordinator that was busy to the end */
  constructor(call: UnreachableCall, options: ErrorOptions = {}) {
    const { cause } = options;
    const busy = cause instanceof CoordinatorRefusedError ? cause : undefined;
    const problem = busy ? `is busy: ${busy.message}` : 'does not answer';
    super(
      ERROR_CODES.coordinatorUnreachable,
      `coordinator ${call.coordinator} ${problem}${consequence(call)}`,
      options,
    );
    this.gid = call.gid;
    this.outcome = call.outcome;
    this.retryAfterSeconds = busy?.retryAfterSeconds;
  }
}

function consequence({ gid, outcome }: UnreachableCall): string {
  if (gid === undefined) return '';
  if (outcome === 'not-submitted') return `; transaction ${gid} was not submitted`;
  return `; the outcome of transaction ${gid} is unknown: submit it again with the same gid, or query it`;
}
