import { Controller, Module, UseGuards, type CanActivate, type INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { DtxClient, DtxModule, SagaStep } from 'nestjs-dtx';
import { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import type { ServerProcess } from '../support/server-process';
import { until } from '../support/until';

class DenyingGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

const calls: string[] = [];

@Controller('stock')
class StockController {
  @SagaStep('reserve', { compensate: false })
  @UseGuards(DenyingGuard)
  reserve(): void {
    calls.push('reserve');
  }
}

describe('a participant whose guard denies', () => {
  const cleanup = new Cleanup();
  let coordinator: ServerProcess;
  let app: INestApplication;

  beforeAll(async () => {
    coordinator = await startCoordinator({ STORE_DRIVER: 'memory' });
    cleanup.add(() => coordinator.stop());

    @Module({
      imports: [DtxModule.forRoot({ service: 'stock', coordinator: coordinator.url })],
      controllers: [StockController],
    })
    class StockModule {}

    const testing = await Test.createTestingModule({ imports: [StockModule] }).compile();
    app = testing.createNestApplication(new FastifyAdapter());
    cleanup.add(() => app.close());
    await app.listen(0, '127.0.0.1');
  });

  afterAll(() => cleanup.run());

  it('never runs its handler, and the coordinator says why in its log and in the query', async () => {
    const client = app.get(DtxClient);
    const { gid } = await client.saga().step('stock/reserve', { item: 7 }).submit();
    await until('the log names the 403', () => coordinator.output.includes('status 403'));
    const { transaction } = await until('the query names the 403', async () => {
      const view = await client.query(gid);
      return view.transaction?.last_error?.includes('status 403') ? view : undefined;
    });
    expect(transaction).toMatchObject({ status: 'submitted', attempts: 1 });
    expect(coordinator.output).toContain(`gid=${gid} branch=01 op=action`);
    expect(calls).toEqual([]);
  });
});
