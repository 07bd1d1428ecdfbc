import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { isMessageEnvelope } from '@nestjs-dtx/protocol';
import { tap, type Observable } from 'rxjs';
import { Arrivals } from './arrivals';
import type { Order } from './order';

/** Stands outside of everything that a handler's decorators do: it sees messages come, and their work done. */
@Injectable()
export class MessageInterceptor implements NestInterceptor {
  constructor(
    private readonly arrivals: Arrivals,
    private readonly folder: string,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const message: unknown = context.getArgByIndex(0);
    if (context.getType() !== 'rpc' || !isMessageEnvelope(message)) return next.handle();
    const { gid, payload } = message;
    this.arrivals.note(gid, context.getHandler().name);
    return next.handle().pipe(tap(() => this.dieOnce(gid, payload as Order)));
  }

  /** The database has committed and nothing has been said yet. */
  private dieOnce(gid: string, { end }: Order): void {
    const mark = join(this.folder, `died-${gid}`);
    if (end !== 'die' || existsSync(mark)) return;
    writeFileSync(mark, '');
    process.kill(process.pid, 'SIGKILL');
  }
}
