import type { AddressInfo } from 'node:net';
import { Body, ConflictException, Controller, Injectable, ParseIntPipe, Post, ValidationPipe } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import {
  ClientProxyFactory,
  Ctx,
  MessagePattern,
  Payload,
  RpcException,
  TcpContext,
  Transport,
  type ClientProxy,
} from '@nestjs/microservices';
import { TypeOrmModule } from '@nestjs/typeorm';
import { mapMessageOutcome, type MessageEnvelope } from '@nestjs-dtx/protocol';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { IsInt } from 'class-validator';
import { lastValueFrom } from 'rxjs';
import { DataSource, type EntityManager } from 'typeorm';
import { barrierMigration } from '../barrier/barrier-migration';
import { DtxContext } from '../context/dtx-context';
import { BarrierEntityManager } from '../decorators/barrier-entity-manager.decorator';
import { BarrierProtected } from '../decorators/barrier-protected.decorator';
import { DtxBranch } from '../decorators/dtx-branch.decorator';
import { MsgQueryPrepared } from '../decorators/msg-query-prepared.decorator';
import { SagaCompensate } from '../decorators/saga-compensate.decorator';
import { SagaStep } from '../decorators/saga-step.decorator';
import { callBranch, closeAll, serve } from '../dtx-app.spec-helper';
import { DtxFailureException } from '../errors/dtx-failure.exception';
import { DtxOngoingException } from '../errors/dtx-ongoing.exception';

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

  @MessagePattern('pay')
  @SagaStep('pay', { rejectInvalid: true })
  @BarrierProtected()
  pay(@Payload() { amount }: PaymentDto, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    return this.ledger.book(manager, -amount);
  }

  @SagaCompensate('pay')
  @MessagePattern({ cmd: 'refund' })
  @BarrierProtected()
  refund(@Body('amount', ParseIntPipe) amount: number, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    return this.ledger.book(manager, amount);
  }

  @MessagePattern('any')
  @SagaStep('any', { compensate: false })
  any(@Payload() payload: unknown, @DtxBranch() branch: object, @Ctx() context: TcpContext): unknown {
    return behaviour() ?? { payload, branch, pattern: context.getPattern() };
  }

  @Post('both')
  @MessagePattern('both')
  @SagaStep('both', { compensate: false })
  both(@Payload() payload: unknown): unknown {
    return { payload };
  }

  @MessagePattern('committed')
  @MsgQueryPrepared()
  checkBack(): void {}
}

const throws = (error: unknown) => (): never => {
  throw error;
};

describe('a decorated handler that takes messages', () => {
  let app: INestApplication;
  let client: ClientProxy;

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
    const microservice = app.connectMicroservice(
      { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } },
      { inheritAppConfig: true },
    );
    await app.startAllMicroservices();
    const { port } = microservice.unwrap<{ address(): AddressInfo }>().address();
    client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
  });
  afterEach(async () => {
    client.close();
    await closeAll();
  });

  const envelope = (more: Partial<MessageEnvelope> = {}): MessageEnvelope => ({
    dtx: 1,
    gid: 'g-1',
    trans_type: 'saga',
    branch_id: '01',
    op: 'action',
    payload: { amount: 30 },
    ...more,
  });
  const ask = async (pattern: unknown, message: unknown) => {
    try {
      return { value: await lastValueFrom(client.send<unknown>(pattern, message), { defaultValue: undefined }) };
    } catch (error) {
      return { error };
    }
  };
  const bookings = (): Promise<unknown> => app.get(DataSource).query('select * from booking');

  it('has its effect once and is undone once, through pipes, context and barrier', async () => {
    const compensation = envelope({ op: 'compensate' });
    for (let sent = 0; sent < 2; sent += 1) {
      expect(await ask('pay', envelope())).toEqual({ value: { dtm_result: 'SUCCESS' } });
    }
    for (let sent = 0; sent < 2; sent += 1) {
      expect(await ask({ cmd: 'refund' }, compensation)).toEqual({ value: { dtm_result: 'SUCCESS' } });
    }
    expect(await bookings()).toEqual([
      { gid: 'g-1', amount: -30 },
      { gid: 'g-1', amount: 30 },
    ]);
  });

  it('sees the payload, its branch and the context of the transport', async () => {
    expect(await ask('any', envelope())).toEqual({
      value: {
        payload: { amount: 30 },
        branch: { transType: 'saga', gid: 'g-1', branchId: '01', op: 'action' },
        pattern: 'any',
      },
    });
  });

  it.each([
    [
      'a failure',
      new DtxFailureException('no money'),
      'failure',
      { dtm_result: 'FAILURE', message: 'no money', status: 409 },
    ],
    [
      'Nest’s conflict',
      new ConflictException('taken'),
      'failure',
      { dtm_result: 'FAILURE', message: 'taken', status: 409 },
    ],
    ['ongoing', new DtxOngoingException('wait'), 'ongoing', { dtm_result: 'ONGOING', message: 'wait', status: 425 }],
    [
      'an RpcException with a result',
      new RpcException({ dtm_result: 'FAILURE', message: 'no' }),
      'failure',
      { status: 409 },
    ],
    [
      'an RpcException with a status',
      new RpcException({ status: 425, message: 'soon' }),
      'ongoing',
      { message: 'soon' },
    ],
    ['an RpcException with a text', new RpcException('busy'), 'error', { message: 'busy', status: 500 }],
    ['any error', new Error('FAILURE of a secret disk'), 'error', { message: 'Internal server error', status: 500 }],
  ])('answers for %s', async (_name, error, kind, answer) => {
    behaviour = throws(error);
    const reply = await ask('any', envelope());
    expect(reply).toEqual({ error: expect.objectContaining(answer) as unknown });
    expect(mapMessageOutcome(reply).kind).toBe(kind);
  });

  it('refuses input that a pipe refuses', async () => {
    const reply = await ask('pay', envelope({ payload: { amount: 'much' } }));
    expect(mapMessageOutcome(reply)).toMatchObject({
      kind: 'failure',
      text: 'amount must be an integer number FAILURE',
    });
    expect(await bookings()).toEqual([]);
  });

  it('does not run protected for a message that names no branch', async () => {
    expect(await ask('pay', { amount: 30 })).toEqual({
      error: expect.objectContaining({ code: 'DTX_BARRIER_INFO', status: 400 }) as unknown,
    });
    expect(await bookings()).toEqual([]);
  });

  it('answers a check-back from the barrier table', async () => {
    const message = envelope({ trans_type: 'msg', branch_id: '00', op: 'msg', payload: null });
    expect(mapMessageOutcome(await ask('committed', message)).kind).toBe('failure');
  });

  it('has no route that it has not asked for', async () => {
    expect(await callBranch(app, '/accounts/dtx/any/action', { body: {} })).toMatchObject({ status: 404 });
    expect(await callBranch(app, '/accounts/both', { body: { amount: 1 } })).toEqual({
      status: 200,
      body: { payload: { amount: 1 } },
    });
    expect(await ask('both', envelope())).toEqual({ value: { payload: { amount: 30 } } });
  });
});
