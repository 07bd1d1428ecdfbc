import {
  Body,
  ConflictException,
  Controller,
  ForbiddenException,
  Injectable,
  Post,
  ValidationPipe,
  type INestApplication,
} from '@nestjs/common';
import { GrpcMethod, Payload, RpcException, Transport } from '@nestjs/microservices';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { WorkflowContext } from '@nestjs-dtx/client';
import { GRPC_STATUS, mapGrpcOutcome } from '@nestjs-dtx/protocol';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { GrpcCaller } from '@nestjs-dtx/testing';
import { IsInt } from 'class-validator';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { DataSource, type EntityManager } from 'typeorm';
import { barrierMigration } from '../barrier/barrier-migration';
import { DtxContext } from '../context/dtx-context';
import { BarrierEntityManager } from '../decorators/barrier-entity-manager.decorator';
import { BarrierProtected } from '../decorators/barrier-protected.decorator';
import { DtxBranch } from '../decorators/dtx-branch.decorator';
import { DtxWorkflow } from '../decorators/dtx-workflow.decorator';
import { MsgQueryPrepared } from '../decorators/msg-query-prepared.decorator';
import { SagaCompensate } from '../decorators/saga-compensate.decorator';
import { SagaStep } from '../decorators/saga-step.decorator';
import { TccCancel, TccConfirm, TccTry } from '../decorators/tcc.decorators';
import { DtxExplorer } from '../discovery/dtx.explorer';
import { callBranch, closeAll, serve } from '../dtx-app.spec-helper';
import { DtxFailureException } from '../errors/dtx-failure.exception';
import { DtxOngoingException } from '../errors/dtx-ongoing.exception';
import { announcementOf } from '../registry/announcement';
import { workflowPackageDefinition } from '../workflow/workflow-grpc.controller';

class PaymentDto {
  @IsInt()
  amount!: number;
}

@Injectable()
class Ledger {
  constructor(private readonly context: DtxContext) {}

  async book(manager: EntityManager, amount: number): Promise<void> {
    await manager.query('insert into booking values (?, ?)', [this.context.gid, amount]);
  }
}

let behaviour: () => unknown = () => undefined;

@Controller('accounts')
class AccountsController {
  constructor(private readonly ledger: Ledger) {}

  @GrpcMethod('Bank', 'Pay')
  @SagaStep('pay', { rejectInvalid: true })
  @BarrierProtected()
  pay(@Payload() { amount }: PaymentDto, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    return this.ledger.book(manager, -amount);
  }

  @SagaCompensate('pay')
  @GrpcMethod('Bank', 'Refund')
  @BarrierProtected()
  refund(@Payload() { amount }: PaymentDto, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    return this.ledger.book(manager, amount);
  }

  @GrpcMethod('Bank', 'Reserve')
  @TccTry('hold')
  reserve(): void {}

  @GrpcMethod('Bank', 'Use')
  @TccConfirm('hold')
  use(): void {}

  @GrpcMethod('Bank', 'Release')
  @TccCancel('hold')
  release(): void {}

  @GrpcMethod('Bank', 'Any')
  @SagaStep('any', { compensate: false })
  any(@Payload() payload: unknown, @DtxBranch() branch: object): unknown {
    return behaviour() ?? { payload, branch };
  }

  @Post('both')
  @GrpcMethod('Bank', 'Both')
  @SagaStep('both', { compensate: false })
  both(@Body() payload: unknown): unknown {
    return { payload };
  }

  @GrpcMethod('Bank', 'Check')
  @MsgQueryPrepared()
  checkBack(): void {}

  @DtxWorkflow('order')
  async order(wf: WorkflowContext): Promise<void> {
    await wf.branch('nothing').do(() => undefined);
  }
}

const METHODS = ['Pay', 'Refund', 'Reserve', 'Use', 'Release', 'Any', 'Both', 'Check'];

const toJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const fromJson = (bytes: Buffer): unknown => (bytes.length === 0 ? {} : JSON.parse(bytes.toString()));

/** As a loader of .proto files makes it, with JSON for messages. */
const BANK = Object.fromEntries(
  METHODS.map((name) => [
    name,
    {
      path: `/bank.Bank/${name}`,
      originalName: name,
      requestStream: false,
      responseStream: false,
      requestSerialize: toJson,
      requestDeserialize: fromJson,
      responseSerialize: toJson,
      responseDeserialize: fromJson,
    },
  ]),
);

const throws = (error: unknown) => (): never => {
  throw error;
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a decorated handler that is called over gRPC', () => {
  let app: INestApplication;
  let caller: GrpcCaller;

  beforeEach(async () => {
    behaviour = () => undefined;
    app = await serve(
      {
        imports: [
          TypeOrmModule.forRoot({
            ...sqliteOptions(':memory:'),
            migrations: [barrierMigration()],
            migrationsRun: true,
          }),
        ],
        controllers: [AccountsController],
        providers: [Ledger],
      },
      { prepare: (it) => void it.useGlobalPipes(new ValidationPipe({ transform: true })) },
    );
    await app.get(DataSource).query('create table booking (gid varchar, amount integer)');
    const url = `127.0.0.1:${await freePort()}`;
    app.connectMicroservice(
      {
        transport: Transport.GRPC,
        options: {
          url,
          package: ['bank', 'workflow'],
          packageDefinition: { 'bank.Bank': BANK, ...workflowPackageDefinition },
        },
      },
      { inheritAppConfig: true },
    );
    await app.startAllMicroservices();
    caller = new GrpcCaller(url);
  });
  afterEach(async () => {
    caller.close();
    await closeAll();
  });

  async function ask(method: string, payload: unknown, more: Readonly<Record<string, string>> = {}) {
    const metadata = {
      'dtm-gid': 'g-1',
      'dtm-trans_type': 'saga',
      'dtm-branch_id': '01',
      'dtm-op': 'action',
      'dtm-dtm': '',
    };
    const { code, details, reply } = await caller.raw(`/bank.Bank/${method}`, toJson(payload), {
      ...metadata,
      ...more,
    });
    return { code, details, ...(reply && { reply: fromJson(reply) }) };
  }
  const done = { code: 0, details: '', reply: {} };
  const bookings = (): Promise<unknown> => app.get(DataSource).query('select * from booking');

  it('has its effect once and is undone once, through pipes, context and barrier', async () => {
    for (let sent = 0; sent < 2; sent += 1) expect(await ask('Pay', { amount: 30 })).toEqual(done);
    for (let sent = 0; sent < 2; sent += 1) {
      expect(await ask('Refund', { amount: 30 }, { 'dtm-op': 'compensate' })).toEqual(done);
    }
    expect(await bookings()).toEqual([
      { gid: 'g-1', amount: -30 },
      { gid: 'g-1', amount: 30 },
    ]);
  });

  it('does nothing when its compensation was there first', async () => {
    expect(await ask('Refund', { amount: 30 }, { 'dtm-op': 'compensate' })).toEqual(done);
    expect(await ask('Pay', { amount: 30 })).toEqual(done);
    expect(await bookings()).toEqual([]);
  });

  it('may be any operation of any family', async () => {
    const tcc = { 'dtm-trans_type': 'tcc' };
    expect(await ask('Reserve', {}, { ...tcc, 'dtm-op': 'try' })).toEqual(done);
    expect(await ask('Use', {}, { ...tcc, 'dtm-op': 'confirm' })).toEqual(done);
    expect(await ask('Release', {}, { ...tcc, 'dtm-op': 'cancel' })).toEqual(done);
  });

  it('sees the message and its branch, and answers with a message', async () => {
    expect(await ask('Any', { amount: 30 })).toMatchObject({
      code: 0,
      reply: { payload: { amount: 30 }, branch: { transType: 'saga', gid: 'g-1', branchId: '01', op: 'action' } },
    });
  });

  const { aborted, failedPrecondition, unknown } = GRPC_STATUS;
  const failure = (details: string) => ({ code: aborted, details, kind: 'failure' });
  const error = (code: number, details: string) => ({ code, details, kind: 'error' });

  it.each([
    ['a failure', new DtxFailureException('no money'), failure('no money')],
    ['Nest’s conflict', new ConflictException('schon überzogen'), failure('schon überzogen')],
    ['a failure with a misleading text', new DtxFailureException('ONGOING'), failure('ONGOING FAILURE')],
    ['ongoing', new DtxOngoingException('wait'), { code: failedPrecondition, details: 'wait', kind: 'ongoing' }],
    ['an RpcException with a result', new RpcException({ dtm_result: 'FAILURE', message: 'no' }), failure('no')],
    ['a guard that denies', new ForbiddenException('not you'), error(7, 'not you')],
    ['any error', new Error('FAILURE of a secret disk'), error(unknown, 'Internal server error')],
    ['a long text', new DtxFailureException('长'.repeat(5000)), failure('长'.repeat(600))],
  ])('answers for %s', async (_name, thrown, { code, details, kind }) => {
    behaviour = throws(thrown);
    const answer = await ask('Any', {});
    expect(answer).toEqual({ code, details });
    expect(mapGrpcOutcome({ code, message: answer.details }).kind).toBe(kind);
  });

  it('refuses input that a pipe refuses', async () => {
    expect(await ask('Pay', { amount: 'much' })).toEqual({
      code: GRPC_STATUS.aborted,
      details: 'amount must be an integer number',
    });
    expect(await bookings()).toEqual([]);
  });

  it('does not run protected for a call that names no branch', async () => {
    const { code, details } = await caller.raw('/bank.Bank/Pay', toJson({ amount: 30 }));
    expect({ code, details }).toEqual({
      code: GRPC_STATUS.invalidArgument,
      details: 'invalid branch request: transType is missing',
    });
    expect(await bookings()).toEqual([]);
  });

  it('answers a check-back from the barrier table', async () => {
    const info = { 'dtm-trans_type': 'msg', 'dtm-branch_id': '00', 'dtm-op': 'msg' };
    expect(await ask('Check', {}, info)).toMatchObject({ code: GRPC_STATUS.aborted });
  });

  it('has no route that it has not asked for, and announces none', async () => {
    expect(await callBranch(app, '/accounts/dtx/any/action', { body: {} })).toMatchObject({ status: 404 });
    expect(await callBranch(app, '/accounts/both', { body: { amount: 1 } })).toEqual({
      status: 200,
      body: { payload: { amount: 1 } },
    });
    const { handlers } = app.get(DtxExplorer);
    const announced = announcementOf({ service: 'bank', coordinator: 'http://tm:1' }, handlers, 'http://me:1').handlers;
    expect(announced).toEqual({ both: { action: '/accounts/both', compensate: null } });
  });

  it('resumes workflows: one that the coordinator cannot tell about is asked for again', async () => {
    const resume = (metadata: Readonly<Record<string, string>>) =>
      caller.raw('/workflow.Workflow/Execute', Buffer.alloc(0), metadata);
    const info = { 'dtm-gid': 'w-1', 'dtm-trans_type': 'workflow', 'dtm-branch_id': '00', 'dtm-op': 'unheard-of' };
    expect(await resume(info)).toMatchObject({
      code: GRPC_STATUS.unknown,
      details: expect.stringContaining("'unheard-of'") as string,
    });
    expect(await resume({})).toMatchObject({ code: GRPC_STATUS.invalidArgument });
  });
});
