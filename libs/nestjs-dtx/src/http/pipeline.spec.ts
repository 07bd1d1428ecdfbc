import {
  Body,
  Catch,
  Controller,
  ForbiddenException,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Param,
  ParseIntPipe,
  Post,
  Scope,
  UseGuards,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
} from '@nestjs/common';
import { HttpAdapterHost, REQUEST } from '@nestjs/core';
import { DtxContext } from '../context/dtx-context';
import { DtxBranch } from '../decorators/dtx-branch.decorator';
import { SagaCompensate } from '../decorators/saga-compensate.decorator';
import { SagaStep } from '../decorators/saga-step.decorator';
import { ADAPTERS, callBranch, closeAll, send, serve } from '../dtx-app.spec-helper';

@Injectable()
class Deny implements CanActivate {
  canActivate(): boolean {
    throw new ForbiddenException('not for you');
  }
}

@Injectable({ scope: Scope.REQUEST })
class CurrentRequest {
  constructor(@Inject(REQUEST) readonly request: { query: { gid: string } }) {}
}

@Injectable()
class Audit {
  readonly seen: string[] = [];
  constructor(private readonly context: DtxContext) {}

  async note(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.seen.push(`${this.context.transType} ${this.context.gid} ${this.context.branchId} ${this.context.op}`);
  }
}

@Controller('steps')
class StepsController {
  constructor(private readonly audit: Audit) {}

  @SagaStep('plain', { compensate: false })
  async plain(@Body() body: { mark?: number } | undefined): Promise<void> {
    await this.audit.note();
    if (body?.mark !== undefined) this.audit.seen.push('with payload');
  }

  @SagaStep('guarded', { compensate: false })
  @UseGuards(Deny)
  guarded(): void {
    this.audit.seen.push('guarded ran');
  }

  @SagaStep('piped', { compensate: false })
  piped(@Body('amount', ParseIntPipe) amount: number): void {
    this.audit.seen.push(`piped ${amount}`);
  }

  @SagaStep('strict', { compensate: false, rejectInvalid: true })
  strict(@Body('amount', ParseIntPipe) amount: number): void {
    this.audit.seen.push(`strict ${amount}`);
  }

  @Post('own-above')
  @SagaStep('above', { compensate: false })
  above(): void {}

  @SagaStep('below', { compensate: false })
  @Post('own-below')
  @HttpCode(200)
  below(): void {}

  @SagaStep('branch', { compensate: false })
  branch(@DtxBranch() branch: unknown): unknown {
    return branch;
  }

  @SagaStep('undoable')
  undoable(): void {}

  @SagaCompensate('undoable')
  undo(): void {
    this.audit.seen.push('undone');
  }
}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
class ScopedController {
  constructor(private readonly current: CurrentRequest) {}

  @SagaStep('scoped', { compensate: false })
  scoped(): { gid: string } {
    return { gid: this.current.request.query.gid };
  }
}

/** As many applications have it: everything is a 500, told in one's own way. */
@Catch()
@Injectable()
class CatchAll implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(_error: unknown, host: ArgumentsHost): void {
    this.adapterHost.httpAdapter.reply(host.switchToHttp().getResponse(), { oops: true }, 500);
  }
}

@Controller('other')
class OtherController {
  @Get('fails')
  fails(): void {
    throw new Error('other');
  }

  @Get('item/:id')
  item(@Param('id') id: string): string {
    return id;
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return { body };
  }
}

const metadata = {
  controllers: [StepsController, ScopedController, OtherController],
  providers: [Audit, CurrentRequest, CatchAll],
};
const SUCCESS = { status: 200, body: { dtm_result: 'SUCCESS' } };

describe.each(ADAPTERS)('a decorated handler on %s', (adapter) => {
  afterEach(closeAll);

  it('is called by POST with a payload and by GET without one', async () => {
    const app = await serve(metadata, { adapter });
    expect(await callBranch(app, '/steps/dtx/plain/action', { body: { mark: 1 } })).toEqual(SUCCESS);
    expect(await callBranch(app, '/steps/dtx/plain/action')).toEqual(SUCCESS);
    expect(app.get(Audit).seen).toEqual(['saga g-1 01 action', 'with payload', 'saga g-1 01 action']);
  });

  it('accepts a POST that announces JSON and has no body', async () => {
    const app = await serve(metadata, { adapter });
    const headers = { 'content-type': 'application/json' };
    expect(await callBranch(app, '/steps/dtx/plain/action', { method: 'POST', headers })).toEqual(SUCCESS);
    expect(app.get(Audit).seen).toEqual(['saga g-1 01 action']);
  });

  it('does not change how other routes parse their bodies', async () => {
    const app = await serve(metadata, { adapter });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
    expect(await send(app, '/other/echo', { ...init, body: '{"a":1}' })).toEqual({
      status: 201,
      body: { body: { a: 1 } },
    });
    expect((await send(app, '/other/echo', { ...init, body: '{"a":' })).status).toBe(400);
  });

  it('runs for no other HTTP method', async () => {
    const app = await serve(metadata, { adapter });
    for (const method of ['PUT', 'DELETE', 'HEAD']) {
      expect((await callBranch(app, '/steps/dtx/plain/action', { method })).status).toBe(405);
    }
    expect(app.get(Audit).seen).toEqual([]);
  });

  it('is not run when a guard denies, and the answer is the guard’s', async () => {
    const app = await serve(metadata, { adapter });
    expect(await callBranch(app, '/steps/dtx/guarded/action', { body: {} })).toEqual({
      status: 403,
      body: { message: 'not for you', error: 'Forbidden', statusCode: 403 },
    });
    expect(app.get(Audit).seen).toEqual([]);
  });

  it('is not run when a pipe rejects', async () => {
    const app = await serve(metadata, { adapter });
    const answer = await callBranch(app, '/steps/dtx/piped/action', { body: { amount: 'much' } });
    expect(answer).toMatchObject({ status: 400, body: { statusCode: 400 } });
    expect(await callBranch(app, '/steps/dtx/piped/action', { body: { amount: '7' } })).toEqual(SUCCESS);
    expect(app.get(Audit).seen).toEqual(['piped 7']);
  });

  it('turns what a pipe rejects into a failure if it says rejectInvalid', async () => {
    const app = await serve(metadata, { adapter });
    expect(await callBranch(app, '/steps/dtx/strict/action', { body: { amount: 'much' } })).toEqual({
      status: 409,
      body: { dtm_result: 'FAILURE', message: 'Validation failed (numeric string is expected)' },
    });
    expect(app.get(Audit).seen).toEqual([]);
  });

  it('may depend on request-scoped providers', async () => {
    const app = await serve(metadata, { adapter });
    expect(await callBranch(app, '/scoped/dtx/scoped/action', { gid: 'g-7' })).toEqual({
      status: 200,
      body: { gid: 'g-7' },
    });
  });

  it('keeps a route of its own, above or below the decorator, and answers 200', async () => {
    const app = await serve(metadata, { adapter });
    expect(await callBranch(app, '/steps/own-above', { body: {} })).toEqual(SUCCESS);
    expect(await callBranch(app, '/steps/own-below', { body: {} })).toEqual(SUCCESS);
    expect((await callBranch(app, '/steps/dtx/above/action', { body: {} })).status).toBe(404);
    expect((await callBranch(app, '/steps/dtx/below/action', { body: {} })).status).toBe(404);
  });

  it('learns its branch from a parameter', async () => {
    const app = await serve(metadata, { adapter });
    const branch = { transType: 'saga', gid: 'g-2', branchId: '03', op: 'action' };
    expect(await callBranch(app, '/steps/dtx/branch/action', { gid: 'g-2', branchId: '03' })).toEqual({
      status: 200,
      body: branch,
    });
    expect(await send(app, '/steps/dtx/branch/action')).toMatchObject({
      status: 400,
      body: { code: 'DTX_BARRIER_INFO' },
    });
  });

  it('answers as ever under a catch-all filter of the application', async () => {
    const app = await serve(metadata, { adapter, prepare: (it) => it.useGlobalFilters(it.get(CatchAll)) });
    expect(await callBranch(app, '/steps/dtx/guarded/action')).toMatchObject({ status: 403 });
    expect(await callBranch(app, '/steps/dtx/strict/action', { body: {} })).toMatchObject({
      status: 409,
      body: { dtm_result: 'FAILURE' },
    });
    expect(await send(app, '/other/fails')).toEqual({ status: 500, body: { oops: true } });
  });
});
