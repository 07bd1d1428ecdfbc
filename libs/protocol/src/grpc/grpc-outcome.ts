import { SUCCESS, withResultWord, type Outcome } from '../outcome';
import { RESULTS } from '../vocabulary';
import { GRPC_STATUS } from './status';

/** Status of a unary call as the mapping needs it. */
export interface GrpcAnswer {
  readonly code: number;
  readonly message: string;
}

/** What the middleware of one SDK writes where a status of gRPC belongs (Q42). */
const HTTP_CONFLICT = 409;
const HTTP_TOO_EARLY = 425;

/**
 * Maps the status of a branch over gRPC (spec 4.4): ABORTED is FAILURE, except with the very message ONGOING, as services
 * older than dtm 1.10 answer; FAILED_PRECONDITION is ONGOING.
 *
 * @returns the outcome; anything else than OK is `error`, as its effect is unknown
 */
export function mapGrpcOutcome({ code, message }: GrpcAnswer): Outcome {
  switch (code) {
    case GRPC_STATUS.ok:
      return SUCCESS;
    case GRPC_STATUS.aborted:
      return message === RESULTS.ongoing ? ongoing(message) : failure(message);
    case HTTP_CONFLICT:
      return failure(message);
    case GRPC_STATUS.failedPrecondition:
    case HTTP_TOO_EARLY:
      return ongoing(message);
    default:
      return { kind: 'error', text: `grpc status ${code}: ${message.trim()}` };
  }
}

const ongoing = (message: string): Outcome => ({ kind: 'ongoing', text: withResultWord(message, RESULTS.ongoing) });

const failure = (message: string): Outcome => ({ kind: 'failure', text: withResultWord(message, RESULTS.failure) });
