import type { WaitResult } from '@nestjs-dtx/engine';
import {
  boundedText,
  DtxError,
  ERROR_CODES,
  GRPC_STATUS,
  grpcFieldName,
  InvalidRequestError,
  RESULTS,
  type ErrorCode,
} from '@nestjs-dtx/protocol';
import { TopicError } from '../../topics/topic.error';
import { RefusedError } from '../../transactions/refused.error';

/** A status other than OK, as a client sees it. */
export interface GrpcRefusal {
  readonly code: number;
  readonly details: string;
}

/** Thrown where a status is known already. */
export class GrpcRefusedError extends Error {
  override readonly name = 'GrpcRefusedError';

  constructor(readonly refusal: GrpcRefusal) {
    super(refusal.details);
  }
}

/** What must not happen: only the log says more. */
export const INTERNAL: GrpcRefusal = {
  code: GRPC_STATUS.internal,
  details: 'internal error: the log of the coordinator says more',
};

const TRY_LATER = new Set<string>([ERROR_CODES.overloaded, ERROR_CODES.shuttingDown, ERROR_CODES.storeUnavailable]);
const TOPIC_CODES: Readonly<Partial<Record<ErrorCode, number>>> = {
  [ERROR_CODES.invalidRequest]: GRPC_STATUS.invalidArgument,
  [ERROR_CODES.notFound]: GRPC_STATUS.notFound,
};

/**
 * An error as `dtmgimp.Dtm` tells it (spec 3.4): ABORTED means FAILURE and nothing else does; what dtm panics at, as a request
 * that cannot be understood or an unknown gid, is INTERNAL.
 *
 * @returns `undefined` for what must not happen
 */
export function dtmRefusal(error: unknown): GrpcRefusal | undefined {
  if (error instanceof InvalidRequestError) {
    const problem = error.message.slice(error.field.length);
    return { code: GRPC_STATUS.internal, details: grpcFieldName(error.field) + problem };
  }
  if (error instanceof RefusedError) {
    return { code: error.isConflict ? GRPC_STATUS.aborted : GRPC_STATUS.internal, details: error.message };
  }
  if (error instanceof TopicError) return { code: GRPC_STATUS.unknown, details: error.message };
  if (error instanceof DtxError && error.code === ERROR_CODES.branchExists) {
    return { code: GRPC_STATUS.unknown, details: error.message };
  }
  return commonRefusal(error);
}

/** An error as `nestjs_dtx.v1.Coordinator` tells it: with the code that gRPC has for it. @returns as {@link dtmRefusal} */
export function coordinatorRefusal(error: unknown): GrpcRefusal | undefined {
  if (error instanceof InvalidRequestError) return { code: GRPC_STATUS.invalidArgument, details: error.message };
  if (error instanceof RefusedError) {
    return { code: error.isConflict ? GRPC_STATUS.failedPrecondition : GRPC_STATUS.notFound, details: error.message };
  }
  if (error instanceof TopicError) {
    return { code: TOPIC_CODES[error.code] ?? GRPC_STATUS.aborted, details: error.message };
  }
  if (error instanceof DtxError && error.code === ERROR_CODES.notFound) {
    return { code: GRPC_STATUS.notFound, details: error.message };
  }
  return commonRefusal(error);
}

/** @returns what to tell a waiting client, `undefined` when its transaction has succeeded (spec 2.6, 3.4) */
export function waitRefusal(result: WaitResult): GrpcRefusal | undefined {
  switch (result.result) {
    case 'success':
      return undefined;
    case 'failure':
      return { code: GRPC_STATUS.aborted, details: result.message };
    case 'ongoing':
      return { code: GRPC_STATUS.failedPrecondition, details: RESULTS.ongoing };
    case 'error':
      return { code: GRPC_STATUS.unknown, details: result.message };
  }
}

/** Details travel as one header, percent-encoded, and clients refuse headers beyond 8 KiB. Characters that it may take. */
const MAX_HEADER = 6000;

/** @returns the refusal as it can be sent: cut where it is too long for a header */
export function sendable({ code, details }: GrpcRefusal): GrpcRefusal {
  let text = boundedText(details, MAX_HEADER);
  while (encodeURI(text).length > MAX_HEADER) text = boundedText(text, Math.floor(text.length / 2));
  return { code, details: text };
}

function commonRefusal(error: unknown): GrpcRefusal | undefined {
  if (error instanceof GrpcRefusedError) return error.refusal;
  if (error instanceof DtxError && TRY_LATER.has(error.code)) {
    return { code: GRPC_STATUS.unavailable, details: error.message };
  }
  return undefined;
}
