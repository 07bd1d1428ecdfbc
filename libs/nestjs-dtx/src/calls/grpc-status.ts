import { HttpStatus } from '@nestjs/common';
import { boundedText, GRPC_STATUS, RESULTS } from '@nestjs-dtx/protocol';
import { TOO_EARLY } from '../errors/dtx-ongoing.exception';
import type { ErrorAnswer } from '../http/error-answer';

/** A status as servers of gRPC take it from an error. */
export interface GrpcError {
  readonly code: number;
  readonly details: string;
}

/** Codes of google.rpc that the protocol has no meaning of its own for. */
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** Only 409 and 425 decide anything; the others tell a person what happened (spec 3.4, 4.4). */
const CODES: Readonly<Record<number, number>> = {
  [HttpStatus.CONFLICT]: GRPC_STATUS.aborted,
  [TOO_EARLY]: GRPC_STATUS.failedPrecondition,
  [HttpStatus.BAD_REQUEST]: GRPC_STATUS.invalidArgument,
  [HttpStatus.UNAUTHORIZED]: UNAUTHENTICATED,
  [HttpStatus.FORBIDDEN]: PERMISSION_DENIED,
  [HttpStatus.NOT_FOUND]: GRPC_STATUS.notFound,
  [HttpStatus.SERVICE_UNAVAILABLE]: GRPC_STATUS.unavailable,
};

/** Details travel as one percent-encoded header, and clients refuse headers beyond 8 KiB. Characters. */
const MAX_DETAILS = 2000;
const MAX_ENCODED = 6000;
/** Even if each character takes nine. */
const SHORT = 600;

/** @returns the status for an answer in the words of HTTP */
export function grpcErrorOf({ status, body }: Pick<ErrorAnswer, 'status' | 'body'>): GrpcError {
  const code = CODES[status] ?? GRPC_STATUS.unknown;
  const text = sendable(textOf(body));
  // ABORTED with this very text means the opposite, for the sake of old services (spec 4.4).
  const isMistakable = code === GRPC_STATUS.aborted && text === RESULTS.ongoing;
  return { code, details: isMistakable ? `${text} ${RESULTS.failure}` : text };
}

function textOf(body: unknown): string {
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : body;
  if (typeof message === 'string') return message;
  return Array.isArray(message) ? message.join('; ') : (JSON.stringify(message) ?? '');
}

function sendable(text: string): string {
  const bounded = boundedText(text, MAX_DETAILS);
  return encodeURI(bounded).length > MAX_ENCODED ? boundedText(bounded, SHORT) : bounded;
}
