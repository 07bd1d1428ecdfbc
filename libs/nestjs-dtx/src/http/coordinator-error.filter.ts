import { Catch, HttpStatus, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CoordinatorRefusedError, CoordinatorUnreachableError } from '@nestjs-dtx/client';

/** Asked for where the coordinator did not say anything. Seconds. */
const RETRY_AFTER_SECONDS = 1;

/**
 * For controllers that start transactions: a coordinator that does not answer, or is too busy, is answered with 503 and
 * `Retry-After`, and one that refuses the request with 502, instead of Nest's 500. The body holds `code` and `message`, and
 * for 503 `gid` and `outcome`, which say whether the same business may be started under a new gid.
 *
 * Where it applies is the application's choice: `@UseFilters(CoordinatorErrorFilter)`, or everywhere with
 * `{ provide: APP_FILTER, useClass: CoordinatorErrorFilter }`. It is for HTTP only.
 */
@Catch(CoordinatorUnreachableError, CoordinatorRefusedError)
export class CoordinatorErrorFilter implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: CoordinatorUnreachableError | CoordinatorRefusedError, host: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    const { code, message } = error;
    if (error instanceof CoordinatorRefusedError) {
      httpAdapter.reply(response, { code, message }, HttpStatus.BAD_GATEWAY);
      return;
    }
    const { gid, outcome, retryAfterSeconds = RETRY_AFTER_SECONDS } = error;
    httpAdapter.setHeader(response, 'retry-after', String(Math.max(retryAfterSeconds, 1)));
    httpAdapter.reply(response, { code, message, gid, outcome }, HttpStatus.SERVICE_UNAVAILABLE);
  }
}
