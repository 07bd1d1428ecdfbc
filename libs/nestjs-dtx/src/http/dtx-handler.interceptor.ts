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
import { DtxMetadataAccessor, type Decorated } from '../discovery/dtx-metadata.accessor';
import type { BarrierMetadata } from '../discovery/handler-metadata';
import { DtxFailureException } from '../errors/dtx-failure.exception';
import { XaBranches } from '../xa/xa-branches';
import { branchOf, methodOf, queryOf } from './http-request';
import { successBody } from './success-body';

/** Surrounds pipes and handler: context, barrier transaction, body of the success. Guards have decided before. */
@Injectable()
export class DtxHandlerInterceptor implements NestInterceptor {
  constructor(
    private readonly metadata: DtxMetadataAccessor,
    private readonly barriers: BarrierService,
    private readonly xa: XaBranches,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(this.run(context, next));
  }

  private async run(context: ExecutionContext, next: CallHandler): Promise<unknown> {
    // The default route takes all methods; a HEAD request of some monitor must not move money.
    if (!['GET', 'POST'].includes(methodOf(context))) throw new MethodNotAllowedException();
    const method = context.getHandler() as Decorated;
    try {
      return successBody(await this.runGuarded(context, next, method));
    } catch (error) {
      throw this.metadata.handler(method)?.rejectInvalid ? rejected(error) : error;
    }
  }

  private runGuarded(context: ExecutionContext, next: CallHandler, method: Decorated): Promise<unknown> {
    const ownBarrier = this.metadata.handler(method)?.ownBarrier;
    if (ownBarrier?.kind === 'check-back') return this.answerCheckBack(context, next, ownBarrier);
    if (ownBarrier?.kind === 'xa') return this.runXa(context, next, ownBarrier);
    const barrier = this.metadata.barrier(method);
    return barrier ? this.runProtected(context, next, barrier) : this.runPlain(context, next);
  }

  /** @throws DtxFailureException when the local transaction of the message has not committed, and will not any more */
  private async answerCheckBack(
    context: ExecutionContext,
    next: CallHandler,
    target: BarrierMetadata,
  ): Promise<unknown> {
    const branch = branchInfoFrom(queryOf(context));
    if ((await this.barriers.queryPrepared(branch, target)) === 'rolled-back') {
      throw new DtxFailureException('the local transaction of the message has not committed');
    }
    return runInScope({ branch }, () => resultOf(next));
  }

  /** Pipes and handler run in phase 1 only: commit and rollback come without a body. */
  private runXa(context: ExecutionContext, next: CallHandler, target: BarrierMetadata): Promise<unknown> {
    const branch = branchInfoFrom(queryOf(context));
    return this.xa.handle(branch, target, (manager) => runInScope({ branch, manager }, () => resultOf(next)));
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
