import {
  MethodNotAllowedException,
  NotFoundException,
  type ArgumentsHost,
  type ExecutionContext,
} from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { RequestFields } from '@nestjs-dtx/client';
import type { Decorated } from '../discovery/dtx-metadata.accessor';
import { isGrpcHandler, messageHandler } from '../discovery/nest-message';
import { isDefaultRoute } from '../discovery/nest-route';
import type { ErrorAnswer } from '../http/error-answer';
import { successBody } from '../http/success-body';
import type { CallKind } from './call-kind';

/** What Express and Fastify requests have in common, as far as it is used here. */
interface HttpRequest {
  readonly method: string;
  readonly query?: RequestFields;
}

/** A call over HTTP: the branch stands in the query string. */
export const HTTP_CALL: CallKind = {
  fields: (host) => requestOf(host).query ?? {},

  open(context: ExecutionContext): void {
    // The default route takes all methods; a HEAD request of some monitor must not move money.
    if (!['GET', 'POST'].includes(requestOf(context).method)) throw new MethodNotAllowedException();
    const method = context.getHandler() as Decorated;
    // Who handles messages, or calls over gRPC, did not ask for a route that everybody can reach.
    if ((messageHandler(method) || isGrpcHandler(method)) && isDefaultRoute(method)) throw new NotFoundException();
  },

  success: successBody,

  failure({ status, body }: ErrorAnswer, host: ArgumentsHost, { httpAdapter }: HttpAdapterHost): void {
    const response: unknown = host.switchToHttp().getResponse();
    if (httpAdapter.isHeadersSent(response)) httpAdapter.end(response);
    else httpAdapter.reply(response, body, status);
  },
};

function requestOf(host: ArgumentsHost): HttpRequest {
  return host.switchToHttp().getRequest<HttpRequest>();
}
