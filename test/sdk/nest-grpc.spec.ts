import { Body, Controller, type INestApplication } from '@nestjs/common';
import { GrpcMethod, Payload, Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import {
  BarrierEntityManager,
  barrierMigration,
  BarrierProtected,
  DtxClient,
  DtxFailureException,
  DtxModule,
  DtxOngoingException,
  DtxWorkflow,
  SagaCompensate,
  SagaStep,
  TccCancel,
  TccConfirm,
  TccTry,
  workflowPackageDefinition,
  type WorkflowContext,
} from 'nestjs-dtx';
import { DataSource, type EntityManager } from 'typeorm';
import { Flow } from '../flows/flow';
import { Cleanup } from '../support/cleanup';
import { freePort } from '../support/free-port';
import { until } from '../support/until';

interface Movement {
  readonly amount: number;
}

const MOST = 50;
let workflowRuns = 0;

async function book(manager: EntityManager, amount: number): Promise<void> {
  await manager.query('update account set balance = balance + ?', [amount]);
}

@Controller()
class AccountsController {
  @GrpcMethod('Bank', 'Pay')
  @SagaStep('pay')
  @BarrierProtected()
  async pay(@Payload() { amount }: Movement, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    await book(manager, -amount);
    if (amount > MOST) throw new DtxFailureException('not enough money');
  }

  @GrpcMethod('Bank', 'Refund')
  @SagaCompensate('pay')
  @BarrierProtected()
  refund(@Payload() { amount }: Movement, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    return book(manager, amount);
  }

  @TccTry('hold')
  hold(): void {}

  @TccConfirm('hold')
  @BarrierProtected()
  use(@Body() { amount }: Movement, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    return book(manager, -amount);
  }

  @TccCancel('hold')
  release(): void {}

  @DtxWorkflow('in-two-runs')
  async inTwoRuns(wf: WorkflowContext): Promise<{ runs: number }> {
    await wf.branch('first').do(() => 'done');
    return wf.branch('second').do(() => {
      workflowRuns += 1;
      if (workflowRuns === 1) throw new DtxOngoingException('not yet');
      return { runs: workflowRuns };
    });
  }
}

const toJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const fromJson = (bytes: Buffer): unknown => JSON.parse(bytes.toString());
const METHODS = ['Pay', 'Refund'].map((name) => ({
  path: `/bank.Bank/${name}`,
  originalName: name,
  requestStream: false,
  responseStream: false,
  requestSerialize: toJson,
  requestDeserialize: fromJson,
  responseSerialize: toJson,
  responseDeserialize: fromJson,
}));

describe('a Nest application that speaks gRPC with a real coordinator', () => {
  const cleanup = new Cleanup();
  let flow: Flow;
  let app: INestApplication;
  let dtx: DtxClient;
  let address: string;

  beforeAll(async () => {
    flow = await Flow.start(cleanup);
    address = `127.0.0.1:${await freePort()}`;
    const { url: coordinator, grpcAddress } = flow.coordinator;
    const database = { ...sqliteOptions(':memory:'), migrations: [barrierMigration()], migrationsRun: true };
    const module = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot(database),
        DtxModule.forRoot({ service: 'bank', coordinator, grpc: { coordinator: grpcAddress, address } }),
      ],
      controllers: [AccountsController],
    }).compile();
    app = module.createNestApplication(new FastifyAdapter(), { logger: false });
    cleanup.add(() => app.close());
    const bank = Object.fromEntries(METHODS.map((method) => [method.originalName, method]));
    app.connectMicroservice({
      transport: Transport.GRPC,
      options: {
        url: address,
        package: ['bank', 'workflow'],
        packageDefinition: { 'bank.Bank': bank, ...workflowPackageDefinition },
      },
    });
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    dtx = app.get(DtxClient);
    const { manager } = app.get(DataSource);
    await manager.query('create table account (balance integer)');
    await manager.query('insert into account values (100)');
    await until('the handlers are announced', async () => {
      const answer = await fetch(`${coordinator}/api/v2/services`);
      return (await answer.text()).includes('"hold"');
    });
  });
  afterAll(() => cleanup.run());

  const balance = async (): Promise<unknown> => {
    const [row] = (await app.get(DataSource).query('select balance from account')) as { balance: number }[];
    return row!.balance;
  };
  const pay = (amount: number) => [`${address}/bank.Bank/Pay`, `${address}/bank.Bank/Refund`, { amount }] as const;

  test('pays by a saga', async () => {
    const before = await balance();
    await dtx
      .saga('nest-paid')
      .add(...pay(10))
      .add(...pay(20))
      .waitResult()
      .submit();
    expect(await balance()).toBe(Number(before) - 30);
  });

  test('gets everything back when one step refuses', async () => {
    const before = await balance();
    const saga = dtx
      .saga('nest-refused')
      .add(...pay(10))
      .add(...pay(MOST + 1));
    await expect(saga.waitResult().submit()).rejects.toMatchObject({
      reason: expect.stringContaining('not enough money') as string,
    });
    expect(await balance()).toBe(before);
    const rows = (await dtx.query('nest-refused')).branches.map(({ op, status }) => `${op} ${status}`);
    expect(rows).toEqual(['compensate succeed', 'action succeed', 'compensate succeed', 'action failed']);
  });

  test('calls handlers by their names, which are HTTP', async () => {
    const before = await balance();
    await dtx
      .tcc('nest-tcc')
      .waitResult()
      .run((tcc) => tcc.step('bank/hold', { amount: 5 }));
    expect(await balance()).toBe(Number(before) - 5);
    expect((await dtx.query('nest-tcc')).transaction?.protocol).toBe('grpc');
    expect(await dtx.version()).toMatch(/^v/);
  });

  test('has its workflows resumed over gRPC', async () => {
    const started = dtx.workflow('in-two-runs', 'nest-workflow').retryInterval(1).execute();
    await expect(started).rejects.toMatchObject({ code: 'DTX_NOT_FINISHED' });
    await until(
      'the workflow has ended',
      async () => (await dtx.query('nest-workflow')).transaction?.status === 'succeed',
    );
    expect((await dtx.query('nest-workflow')).transaction?.query_prepared).toBe(`${address}/workflow.Workflow/Execute`);
    expect(await dtx.workflow('in-two-runs', 'nest-workflow').execute()).toEqual({ runs: 2 });
  });
});
