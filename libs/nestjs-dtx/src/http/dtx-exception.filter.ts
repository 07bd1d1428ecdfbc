import { Catch, Injectable, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { branchOf, callKindOf } from '../calls/call-kinds';
import { errorAnswer } from './error-answer';

/** Answers for handlers that threw, or whose guard did. Bound per handler, so that no other filter comes before it. */
@Catch()
@Injectable()
export class DtxExceptionFilter implements ExceptionFilter {
  private readonly logger = new Logger(DtxExceptionFilter.name);

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): unknown {
    const answer = errorAnswer(error);
    if (answer.isUnexpected) this.log(error, host);
    return callKindOf(host).failure(answer, host, this.adapterHost);
  }

  private log(error: unknown, host: ArgumentsHost): void {
    const branch = branchOf(host);
    const who = branch ? `gid=${branch.gid} branch=${branch.branchId} op=${branch.op}` : 'no branch';
    const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
    this.logger.error(`handler failed, the coordinator will repeat the call: ${who}: ${message}`, stack);
  }
}
