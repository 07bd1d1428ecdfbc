import {
  HttpException,
  HttpStatus,
  Injectable,
  MethodNotAllowedException,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { BarrierInfoError, branchInfoFrom } from '@nestjs-dtx/client';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { BarrierService } from '../barrier/barrier.service';
import { runInScope } from '../context/dtx-context';
import { DtxMetadataAccessor } from '../discovery/dtx-metadata.accessor';
import type { BarrierMetadata } from '../discovery/handler-metadata';
import { DtxFailureException } from '../errors/dtx-failure.exception';
import { branchOf, methodOf, queryOf } from './http-request';
import { successBody } from './success-body';

/** Surrounds pipes and handler: context, barrier transaction, body of the success. Guards have decided before. */
@Injectable()
export class DtxHandlerInterceptor implements NestInterceptor {
  constructor(
    private readonly metadata: DtxMetadataAccessor,
    private readonly barriers: BarrierService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(this.run(context, next));
  }

  private async run(context: ExecutionContext, next: CallHandler): Promise<unknown> {
    // The default route takes all methods; a HEAD request of some monitor must not move money.
    if (!['GET', 'POST'].includes(methodOf(context))) throw new MethodNotAllowedException();
    const method = context.getHandler() as (...args: never[]) => unknown;
    const barrier = this.metadata.barrier(method);
    try {
      return successBody(
        barrier ? await this.runProtected(context, next, barrier) : await this.runPlain(context, next),
      );
    } catch (error) {
      throw this.metadata.handler(method)?.rejectInvalid ? rejected(error) : error;
    }
  }

  private runPlain(context: ExecutionContext, next: CallHandler): Promise<unknown> {
    const branch = branchOf(context);
    return runInScope(branch ? { branch } : {}, () => resultOf(next));
  }

  /** @throws BarrierInfoError when the request does not say which branch it is: nothing could protect it */
  private async runProtected(context: ExecutionContext, next: CallHandler, target: BarrierMetadata): Promise<unknown> {
    const branch = branchInfoFrom(queryOf(context));
    const result = await this.barriers.run(branch, target, (manager) =>
      runInScope({ branch, manager }, () => resultOf(next)),
    );
    return result.ran ? result.value : undefined;
  }
}

function resultOf(next: CallHandler): Promise<unknown> {
  return lastValueFrom(next.handle(), { defaultValue: undefined });
}

/** @returns the refusal of invalid input as a business failure; any other error as it is. */
function rejected(error: unknown): unknown {
  if (error instanceof BarrierInfoError || !(error instanceof HttpException)) return error;
  if (error.getStatus() !== Number(HttpStatus.BAD_REQUEST)) return error;
  return new DtxFailureException(textOf(error), { cause: error });
}

/** Pipes put one message per wrong field beside the general one. */
function textOf(error: HttpException): string {
  const response = error.getResponse();
  const messages: unknown = typeof response === 'object' && 'message' in response ? response.message : error.message;
  return Array.isArray(messages) ? messages.join('; ') : String(messages);
}
