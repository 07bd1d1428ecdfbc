import { Controller, Get, type INestApplication } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CoordinatorRefusedError, CoordinatorUnreachableError, DtxClient } from '@nestjs-dtx/client';
import { ScriptedService } from '@nestjs-dtx/testing';
import { ADAPTERS, closeAll, serve } from '../dtx-app.spec-helper';
import { CoordinatorErrorFilter } from './coordinator-error.filter';

let busy: ScriptedService;

@Controller()
class TroubleController {
  @Get('unreachable')
  unreachable(): void {
    throw new CoordinatorUnreachableError({ coordinator: 'http://localhost:36789', gid: 'g-1', outcome: 'unknown' });
  }

  @Get('refused')
  refused(): void {
    throw new CoordinatorRefusedError(500, 'too many steps');
  }

  @Get('busy')
  async busy(): Promise<void> {
    const client = new DtxClient({ coordinator: busy.url, timeoutMs: 500 });
    await client
      .saga('g-2')
      .add('http://127.0.0.1:9', '')
      .submit()
      .finally(() => void client.close());
  }
}

async function get(app: INestApplication, path: string) {
  const response = await fetch((await app.getUrl()) + path);
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() };
}

describe('a request of a user that needs the coordinator', () => {
  beforeAll(async () => {
    busy = await ScriptedService.start();
    busy.script = () => ({
      status: 503,
      headers: { 'retry-after': '7' },
      body: '{"code":"DTX_OVERLOADED","message":"too many transactions"}',
    });
  });
  afterAll(async () => {
    await closeAll();
    await busy.stop();
  });

  it.each(ADAPTERS)('is answered with what to do, on %s', async (adapter) => {
    const app = await serve(
      { controllers: [TroubleController], providers: [{ provide: APP_FILTER, useClass: CoordinatorErrorFilter }] },
      { adapter },
    );
    expect(await get(app, '/unreachable')).toEqual({
      status: 503,
      retryAfter: '1',
      body: {
        code: 'DTX_COORDINATOR_UNREACHABLE',
        message: expect.stringContaining('submit it again with the same gid') as string,
        gid: 'g-1',
        outcome: 'unknown',
      },
    });
    expect(await get(app, '/busy')).toEqual({
      status: 503,
      retryAfter: '7',
      body: {
        code: 'DTX_COORDINATOR_UNREACHABLE',
        message: `coordinator ${busy.url}/api/dtmsvr is busy: the coordinator refused (status 503): too many transactions; transaction g-2 was not submitted`,
        gid: 'g-2',
        outcome: 'not-submitted',
      },
    });
    expect(await get(app, '/refused')).toEqual({
      status: 502,
      retryAfter: null,
      body: {
        code: 'DTX_COORDINATOR_REFUSED',
        message: 'the coordinator refused (status 500): too many steps',
      },
    });
  });

  it('is answered by Nest without the filter', async () => {
    const app = await serve({ controllers: [TroubleController] });
    expect(await get(app, '/unreachable')).toMatchObject({ status: 500, body: { message: 'Internal server error' } });
  });
});
