import {
  HttpException,
  HttpStatus,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { BarrierInfoError, branchInfoFrom, type RequestFields } from '@nestjs-dtx/client';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { BarrierService } from '../barrier/barrier.service';
import { branchOf, callKindOf } from '../calls/call-kinds';
import { runInScope, type HandlerScope } from '../context/dtx-context';
import { DtxMetadataAccessor, type Decorated } from '../discovery/dtx-metadata.accessor';
import type { BarrierMetadata } from '../discovery/handler-metadata';
import { DtxFailureException } from '../errors/dtx-failure.exception';
import { XaBranches } from '../xa/xa-branches';

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
    const kind = callKindOf(context);
    const call: Call = { fields: kind.fields(context), scope: scopeOf(context), next };
    kind.open(context);
    const method = context.getHandler() as Decorated;
    try {
      return kind.success(await this.runGuarded(call, method));
    } catch (error) {
      throw this.metadata.handler(method)?.rejectInvalid ? rejected(error) : error;
    }
  }

  private runGuarded(call: Call, method: Decorated): Promise<unknown> {
    const ownBarrier = this.metadata.handler(method)?.ownBarrier;
    if (ownBarrier?.kind === 'check-back') return this.answerCheckBack(call, ownBarrier);
    if (ownBarrier?.kind === 'xa') return this.runXa(call, ownBarrier);
    const barrier = this.metadata.barrier(method);
    return barrier ? this.runProtected(call, barrier) : runInScope(call.scope, () => resultOf(call.next));
  }

  /** @throws DtxFailureException when the local transaction of the message has not committed, and will not any more */
  private async answerCheckBack({ fields, next }: Call, target: BarrierMetadata): Promise<unknown> {
    const branch = branchInfoFrom(fields);
    if ((await this.barriers.queryPrepared(branch, target)) === 'rolled-back') {
      throw new DtxFailureException('the local transaction of the message has not committed');
    }
    return runInScope({ branch }, () => resultOf(next));
  }

  /** Pipes and handler run in phase 1 only: commit and rollback come without a body. */
  private runXa({ fields, next }: Call, target: BarrierMetadata): Promise<unknown> {
    const branch = branchInfoFrom(fields);
    return this.xa.handle(branch, target, (manager) => runInScope({ branch, manager }, () => resultOf(next)));
  }

  /** @throws BarrierInfoError when the request does not say which branch it is: nothing could protect it */
  private async runProtected({ fields, next }: Call, target: BarrierMetadata): Promise<unknown> {
    const branch = branchInfoFrom(fields);
    const result = await this.barriers.run(branch, target, (manager) =>
      runInScope({ branch, manager }, () => resultOf(next)),
    );
    return result.ran ? result.value : undefined;
  }
}

/** A call as it arrived: what `open` puts in its place names no branch any more. */
interface Call {
  readonly fields: RequestFields;
  readonly scope: HandlerScope;
  readonly next: CallHandler;
}

function scopeOf(context: ExecutionContext): HandlerScope {
  const branch = branchOf(context);
  return branch ? { branch } : {};
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
