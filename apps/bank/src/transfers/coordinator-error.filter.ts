import { Catch, HttpStatus, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CoordinatorRefusedError, CoordinatorUnreachableError } from 'nestjs-dtx';

/** Tells the caller whether the same transfer may be sent again: with the same transferId, always. */
@Catch(CoordinatorUnreachableError, CoordinatorRefusedError)
export class CoordinatorErrorFilter implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: CoordinatorUnreachableError | CoordinatorRefusedError, host: ArgumentsHost): void {
    const status =
      error instanceof CoordinatorUnreachableError ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.BAD_GATEWAY;
    const { code, message } = error;
    this.adapterHost.httpAdapter.reply(host.switchToHttp().getResponse(), { code, message }, status);
  }
}
