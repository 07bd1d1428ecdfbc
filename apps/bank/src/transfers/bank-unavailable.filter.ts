import { Catch, ServiceUnavailableException, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';

/** Seconds. */
const RETRY_AFTER = '1';

/** Tells the caller when to come back: whatever is away here is expected to be away for a moment. */
@Catch(ServiceUnavailableException)
export class BankUnavailableFilter extends BaseExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {
    super(adapterHost.httpAdapter);
  }

  override catch(error: ServiceUnavailableException, host: ArgumentsHost): void {
    this.adapterHost.httpAdapter.setHeader(host.switchToHttp().getResponse(), 'retry-after', RETRY_AFTER);
    super.catch(error, host);
  }
}
