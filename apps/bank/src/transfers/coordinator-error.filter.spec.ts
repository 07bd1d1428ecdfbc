import { Controller, Get } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { CoordinatorRefusedError, CoordinatorUnreachableError } from 'nestjs-dtx';
import { send } from '../bank.spec-helper';
import { CoordinatorErrorFilter } from './coordinator-error.filter';
import { APP_FILTER } from '@nestjs/core';

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
}

describe('a transfer that the coordinator did not take', () => {
  it('is answered with a code and with what to do', async () => {
    const module = await Test.createTestingModule({
      controllers: [TroubleController],
      providers: [{ provide: APP_FILTER, useClass: CoordinatorErrorFilter }],
    }).compile();
    const app = module.createNestApplication(new FastifyAdapter({ forceCloseConnections: true }), { logger: false });
    await app.listen(0, '127.0.0.1');
    expect(await send(app, '/unreachable')).toEqual({
      status: 503,
      body: {
        code: 'DTX_COORDINATOR_UNREACHABLE',
        message: expect.stringContaining('submit it again with the same gid') as string,
      },
    });
    expect(await send(app, '/refused')).toMatchObject({ status: 502, body: { code: 'DTX_COORDINATOR_REFUSED' } });
    await app.close();
  });
});
