import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { coordinatorRefusal, dtmRefusal, INTERNAL, sendable, type GrpcRefusal } from './grpc-refusal';

/** Turns errors into statuses. */
abstract class RefusalFilter implements ExceptionFilter {
  private readonly logger = new Logger('Api');

  constructor(private readonly refusalOf: (error: unknown) => GrpcRefusal | undefined) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> {
    const refusal = this.refusalOf(error);
    if (!refusal) this.logger.error(`${pathOf(host)}: ${describe(error)}`);
    return throwError(() => sendable(refusal ?? INTERNAL));
  }
}

/** For `dtmgimp.Dtm`. */
@Catch()
export class DtmExceptionFilter extends RefusalFilter {
  constructor() {
    super(dtmRefusal);
  }
}

/** For `nestjs_dtx.v1.Coordinator`. */
@Catch()
export class CoordinatorExceptionFilter extends RefusalFilter {
  constructor() {
    super(coordinatorRefusal);
  }
}

/** The call is the third argument of a handler. */
function pathOf(host: ArgumentsHost): string {
  const call = host.getArgByIndex<{ getPath?: () => string } | undefined>(2);
  return `gRPC ${call?.getPath?.() ?? ''}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
