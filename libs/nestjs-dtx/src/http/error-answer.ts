import { HttpException, HttpStatus } from '@nestjs/common';
import { ERROR_CODES, mapMessageOutcome, RESULTS } from '@nestjs-dtx/protocol';
import { TOO_EARLY } from '../errors/dtx-ongoing.exception';

/** Status and JSON body of an answer. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Nobody expected it: it must stand in a log. */
  readonly isUnexpected: boolean;
}

/**
 * Maps what a handler threw to what a coordinator understands (design 6): 409 rolls back, 425 asks again, everything else
 * is repeated with growing intervals.
 */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof HttpException) return httpAnswer(error);
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  // What a call of another participant threw inside of this handler: refused there, refused here.
  if (code === ERROR_CODES.failure) return verdict(HttpStatus.CONFLICT, RESULTS.failure, String(message));
  if (code === ERROR_CODES.ongoing) return verdict(TOO_EARLY, RESULTS.ongoing, String(message));
  if (code === ERROR_CODES.barrierInfo) {
    const status = HttpStatus.BAD_REQUEST;
    return { status, body: harmless({ statusCode: status, code, message }), isUnexpected: false };
  }
  if (isRpcException(error)) return rpcAnswer(error.getError());
  const status = HttpStatus.INTERNAL_SERVER_ERROR;
  return { status, body: { statusCode: status, message: 'Internal server error' }, isUnexpected: true };
}

function httpAnswer(error: HttpException): ErrorAnswer {
  const status = error.getStatus();
  if (status === Number(HttpStatus.CONFLICT)) return verdict(status, RESULTS.failure, error.message);
  if (status === TOO_EARLY) return verdict(status, RESULTS.ongoing, error.message);
  const response = error.getResponse();
  const body = typeof response === 'string' ? { statusCode: status, message: response } : response;
  return { status, body: 'dtm_result' in body ? body : harmless(body), isUnexpected: status >= 500 };
}

/** Nest's `RpcException`, told by its form: its package is not needed for anything else here. */
function isRpcException(error: unknown): error is { getError(): string | object } {
  return error instanceof Error && typeof (error as { getError?: unknown }).getError === 'function';
}

/** Whoever throws an `RpcException` says what it comes to as its reply would: by `dtm_result`, or by its status. */
function rpcAnswer(thrown: string | object): ErrorAnswer {
  const outcome = mapMessageOutcome({ error: thrown });
  const message = messageOf(thrown);
  if (outcome.kind === 'failure') return verdict(HttpStatus.CONFLICT, RESULTS.failure, message);
  if (outcome.kind === 'ongoing') return verdict(TOO_EARLY, RESULTS.ongoing, message);
  const status = outcome.status ?? HttpStatus.INTERNAL_SERVER_ERROR;
  const body = typeof thrown === 'string' ? { statusCode: status, message } : thrown;
  return { status, body: harmless(body), isUnexpected: false };
}

function messageOf(thrown: string | object): string {
  if (typeof thrown === 'string') return thrown;
  return 'message' in thrown && typeof thrown.message === 'string' ? thrown.message : JSON.stringify(thrown);
}

function verdict(status: number, result: string, message: string): ErrorAnswer {
  return { status, body: { dtm_result: result, message }, isUnexpected: false };
}

/** An error text such as "DISK FAILURE" must not roll a transaction back: coordinators search bodies for result words. */
function harmless(body: object): unknown {
  const text = JSON.stringify(body);
  const lowered = text.replaceAll(/FAILURE|ONGOING/g, (word) => word.toLowerCase());
  return lowered === text ? body : JSON.parse(lowered);
}
