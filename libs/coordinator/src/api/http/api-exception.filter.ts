import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { DtxError, ERROR_CODES, InvalidRequestError, RESULTS, type ErrorCode } from '@nestjs-dtx/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RouteMetrics } from '../../metrics/request-metrics';
import { TopicError } from '../../topics/topic.error';
import { RefusedError } from '../../transactions/refused.error';
import { secondsSince } from './measure-requests';
import { JSON_TYPE, WireException } from './wire.exception';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Seconds after which a client should come back. */
  readonly retryAfter?: number;
  /** Absent: JSON. */
  readonly contentType?: string;
}

const V2 = '/api/v2';
const RETRY_AFTER_SECONDS = 1;
const TOPIC_STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = {
  [ERROR_CODES.invalidRequest]: 400,
  [ERROR_CODES.notFound]: 404,
  [ERROR_CODES.conflict]: 409,
};
const TRY_LATER = new Set<string>([ERROR_CODES.overloaded, ERROR_CODES.shuttingDown, ERROR_CODES.storeUnavailable]);

/**
 * Every error as its API prescribes: below `/api/dtmsvr` the statuses and bodies that SDKs expect (spec 2.1), below
 * `/api/v2` a proper status with `code` and `field` (design 9).
 */
@Catch()
export class ApiExceptionFilter implements ExceptionFilter {
  private readonly logger = new Logger('Api');

  /** @param unknownRoutes where requests are counted that no route measures */
  constructor(private readonly unknownRoutes: RouteMetrics) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    const { url, method, routeOptions } = request;
    if (isUnknownRoute(error)) {
      this.unknownRoutes.record(404, secondsSince(request));
      void reply.status(404).type('text/plain; charset=utf-8').send('404 page not found');
      return;
    }
    const answer = (routeOptions.url ?? url).startsWith(V2) ? v2Answer(error) : dtmAnswer(error);
    if (!answer) this.logger.error(`${method} ${url.split('?')[0]}: ${describe(error)}`);
    const { status, body, retryAfter, contentType } = answer ?? INTERNAL;
    if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
    void reply
      .status(status)
      .type(contentType ?? JSON_TYPE)
      .send(JSON.stringify(body));
  }
}

const INTERNAL: Answer = {
  status: 500,
  body: { code: ERROR_CODES.internal, message: 'internal error: the log of the coordinator says more' },
};

/** What the framework refuses before any route is reached. Its own text would repeat what the client sent. */
export const UNREADABLE = {
  status: 400,
  body: { code: ERROR_CODES.invalidRequest, message: 'the request cannot be read' },
} as const satisfies Answer;

function dtmAnswer(error: unknown): Answer | undefined {
  if (error instanceof WireException) return wireAnswer(error);
  if (error instanceof RefusedError && error.isConflict) {
    return { status: 409, body: { dtm_result: RESULTS.failure, message: error.message } };
  }
  if (
    error instanceof InvalidRequestError ||
    error instanceof RefusedError ||
    error instanceof TopicError ||
    isTaken(error)
  ) {
    return { status: 500, body: { message: error.message } };
  }
  return commonAnswer(error);
}

function v2Answer(error: unknown): Answer | undefined {
  if (error instanceof WireException) return wireAnswer(error);
  if (error instanceof InvalidRequestError) {
    return { status: 400, body: { code: error.code, field: error.field, message: error.message } };
  }
  if (error instanceof RefusedError) {
    return { status: error.isConflict ? 409 : 404, body: { code: error.code, message: error.message } };
  }
  if (error instanceof TopicError) {
    const { code, field, message } = error;
    return { status: TOPIC_STATUSES[code] ?? 500, body: { code, field, message } };
  }
  if (error instanceof DtxError && error.code === ERROR_CODES.notFound) {
    return { status: 404, body: { code: error.code, message: error.message } };
  }
  return commonAnswer(error);
}

function wireAnswer(error: WireException): Answer {
  return { status: error.getStatus(), body: error.body, contentType: error.contentType };
}

/** Another record of a workflow's step: an error, and no business refusal, on which the SDK would roll back. */
function isTaken(error: unknown): error is DtxError {
  return error instanceof DtxError && error.code === ERROR_CODES.branchExists;
}

function commonAnswer(error: unknown): Answer | undefined {
  if (error instanceof DtxError && TRY_LATER.has(error.code)) {
    return {
      status: 503,
      body: { code: error.code, message: error.message },
      retryAfter: RETRY_AFTER_SECONDS,
    };
  }
  if (!(error instanceof HttpException)) return undefined;
  const status = error.getStatus();
  if (status === 413) {
    return {
      status,
      body: { code: ERROR_CODES.bodyTooLarge, message: 'body is larger than this coordinator accepts' },
    };
  }
  return status < 500 ? { ...UNREADABLE, status } : undefined;
}

/** Nest reports an unknown path, or a known one with another method, as a 404 of its own. */
function isUnknownRoute(error: unknown): boolean {
  return error instanceof HttpException && error.getStatus() === 404 && !(error instanceof WireException);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
