import {
  ConflictException,
  Controller,
  ForbiddenException,
  Injectable,
  type CanActivate,
  type CallHandler,
  type INestApplication,
  type NestInterceptor,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DtxClient, type WorkflowContext } from '@nestjs-dtx/client';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { ANSWERS, ScriptedService, startTestCoordinator, until, type TestCoordinator } from '@nestjs-dtx/testing';
import { map } from 'rxjs';
import { DataSource } from 'typeorm';
import { barrierMigration } from '../barrier/barrier-migration';
import { BarrierService } from '../barrier/barrier.service';
import { DtxContext } from '../context/dtx-context';
import { DtxWorkflow } from '../decorators/dtx-workflow.decorator';
import { InjectDtx } from '../decorators/inject-dtx.decorator';
import { SagaCompensate } from '../decorators/saga-compensate.decorator';
import { SagaStep } from '../decorators/saga-step.decorator';
import { ADAPTERS, closeAll, send, serveAs, type ServeOptions } from '../dtx-app.spec-helper';
import { DtxModule } from '../dtx.module';
import type { DtxModuleOptions } from '../dtx.module-definition';
import { DtxFailureException } from '../errors/dtx-failure.exception';
import { DtxOngoingException } from '../errors/dtx-ongoing.exception';

interface Order {
  readonly amount: number;
  readonly end?: 'conflict' | 'failure' | 'ongoing once' | 'crash once';
}

@Injectable()
class Orders {
  readonly log: string[] = [];
  private tries = 0;

  constructor(
    private readonly context: DtxContext,
    private readonly barriers: BarrierService,
  ) {}

  @DtxWorkflow('checkout')
  async checkout(wf: WorkflowContext, { amount, end }: Order): Promise<{ balance: number }> {
    const ledger = this.barriers.runner();
    const balance = await wf
      .branch('reserve')
      .onRollback(async (step) => {
        await ledger(step, (manager) => manager.query('update account set balance = balance + ?', [amount]));
        this.note('released');
      })
      .transaction(
        ledger,
        async (manager) => {
          this.note('reserve');
          await manager.query('update account set balance = balance - ?', [amount]);
          return this.balance();
        },
        () => this.balance(),
      );
    await wf.http('shop/ship', { amount }, { onRollback: 'shop/ship' });
    await wf.branch('end').do(() => this.end(end));
    return { balance };
  }

  /** @returns what a local step comes to. */
  private end(end: Order['end']): void {
    this.tries += 1;
    if (end === 'conflict') throw new ConflictException('changed our mind');
    if (end === 'failure') throw new DtxFailureException('out of stock');
    if (this.tries > 1) return;
    if (end === 'ongoing once') throw new DtxOngoingException('not yet');
    if (end === 'crash once') throw new Error('FAILURE of the disk');
  }

  balance(): Promise<number> {
    return this.barriers.transaction(async (manager) => {
      const [row] = (await manager.query('select balance from account')) as { balance: number }[];
      return row!.balance;
    });
  }

  private note(what: string): void {
    const { transType, branchId, op } = this.context;
    this.log.push(`${what} ${transType} ${branchId} ${op}`);
  }
}

@Controller('shop')
class Shop {
  readonly log: string[] = [];

  @SagaStep('ship')
  ship(): void {
    this.log.push('ship');
  }

  @SagaCompensate('ship')
  undo(): void {
    this.log.push('undo');
  }
}

@Injectable()
class Envelope implements NestInterceptor {
  intercept(_context: unknown, next: CallHandler) {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

@Injectable()
class Deny implements CanActivate {
  canActivate(): boolean {
    throw new ForbiddenException('not for you');
  }
}

let coordinator: TestCoordinator;
let count = 0;
let gid: string;

beforeAll(async () => {
  coordinator = await startTestCoordinator({ settings: { retryInterval: 1 } });
});
afterAll(() => coordinator.stop());
beforeEach(() => {
  count += 1;
  gid = `order-${count}`;
});
afterEach(closeAll);

async function start(options: Partial<DtxModuleOptions> = {}, serving: ServeOptions = {}): Promise<INestApplication> {
  const app = await serveAs(
    {
      imports: [
        DtxModule.forRoot({ service: 'shop', coordinator: coordinator.url, ...options }),
        TypeOrmModule.forRoot({
          ...sqliteOptions(':memory:'),
          migrations: [barrierMigration()],
          migrationsRun: true,
        }),
      ],
      providers: [Orders],
      controllers: [Shop],
    },
    serving,
  );
  const dataSource = app.get(DataSource);
  await dataSource.query('create table account (balance integer not null)');
  await dataSource.query('insert into account values (100)');
  if (options.register !== false) await announced(app);
  return app;
}

/** Waits until the coordinator can call this instance by name, and nobody else. */
async function announced(app: INestApplication): Promise<void> {
  const own = await app.getUrl();
  await until(async () => {
    const { services } = (await (await fetch(`${coordinator.url}/api/v2/services`)).json()) as {
      services: { url: string; live: boolean }[];
    };
    const urls = services.filter(({ live }) => live).map(({ url }) => url);
    return urls.length === 1 && urls[0] === own;
  });
}

const execute = (app: INestApplication, order: Order) =>
  app.get(DtxClient).workflow<Order>('checkout', gid).execute(order);
const status = async (app: INestApplication) => (await app.get(DtxClient).query(gid)).transaction?.status;

describe.each(ADAPTERS)('a workflow on %s', (adapter) => {
  it('runs in its provider, with its local transactions and its calls', async () => {
    const app = await start({}, { adapter });
    expect(await execute(app, { amount: 30 })).toEqual({ balance: 70 });
    expect(await execute(app, { amount: 30 })).toEqual({ balance: 70 });
    expect(await app.get(Orders).balance()).toBe(70);
    expect(app.get(Orders).log).toEqual(['reserve workflow 01 action']);
    expect(app.get(Shop).log).toEqual(['ship']);
  });

  it.each([
    ['conflict', 'changed our mind'],
    ['failure', 'out of stock'],
  ] as const)('is rolled back by a %s of a local step', async (end, reason) => {
    const app = await start({}, { adapter });
    await expect(execute(app, { amount: 30, end })).rejects.toMatchObject({ code: 'DTX_TRANSACTION_FAILED', reason });
    expect(await app.get(Orders).balance()).toBe(100);
    expect(app.get(Orders).log).toEqual(['reserve workflow 01 action', 'released workflow 01 rollback']);
    // The undo of a saga's step serves as the undo of the branch.
    expect(app.get(Shop).log).toEqual(['ship', 'undo']);
  });

  it.each(['ongoing once', 'crash once'] as const)('goes on at a callback by name after it was %s', async (end) => {
    const app = await start({}, { adapter, prepare: (created) => created.setGlobalPrefix('v7') });
    await expect(execute(app, { amount: 30, end })).rejects.toMatchObject({ code: 'DTX_NOT_FINISHED' });
    const { transaction } = await app.get(DtxClient).query(gid);
    expect(transaction).toMatchObject({ status: 'prepared', query_prepared: 'svc://shop/dtx.workflow' });
    await until(async () => (await status(app)) === 'succeed');
    expect(app.get(Orders).log).toEqual(['reserve workflow 01 action']);
    expect(app.get(Shop).log).toEqual(['ship']);
  });

  it('answers its callbacks by itself, whatever the application does to its answers', async () => {
    const prepare = (app: INestApplication) => app.useGlobalInterceptors(new Envelope());
    const app = await start({}, { adapter, prepare });
    await execute(app, { amount: 30 });
    const path = `/dtx/workflow?op=checkout&gid=${gid}&trans_type=workflow&branch_id=00`;
    const success = { status: 200, body: { dtm_result: 'SUCCESS' } };
    expect(await send(app, path)).toEqual(success);
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
    expect(await send(app, path, { ...json, body: '{"amount":30}' })).toEqual(success);
    expect(await send(app, path, json)).toEqual(success);
    expect(await send(app, '/dtx/workflow?op=checkout')).toEqual({
      status: 400,
      body: { message: 'invalid branch request: transType is missing' },
    });
    expect((await send(app, path, { method: 'DELETE' })).status).toBe(404);
  });

  it('lets guards of the application decide about callbacks', async () => {
    const app = await start({}, { adapter, prepare: (created) => created.useGlobalGuards(new Deny()) });
    const path = `/dtx/workflow?op=checkout&gid=${gid}&trans_type=workflow&branch_id=00`;
    expect((await send(app, path)).status).toBe(403);
  });
});

describe('the callback of a workflow', () => {
  it('is the URL of this instance where nothing is announced', async () => {
    const app = await start({ register: false });
    // The branch by name is not found either.
    await expect(execute(app, { amount: 1 })).rejects.toMatchObject({ code: 'DTX_NOT_FINISHED' });
    const { transaction } = await app.get(DtxClient).query(gid);
    expect(transaction).toMatchObject({ query_prepared: `${await app.getUrl()}/dtx/workflow` });
    await app.get(DtxClient).forceStop(gid);
  });

  it('leads to the client of its own coordinator where there are several', async () => {
    const other = await ScriptedService.start();
    other.script = () => ANSWERS.error;

    @Injectable()
    class Twice {
      runs = 0;

      constructor(@InjectDtx('eu') readonly eu: DtxClient) {}

      @DtxWorkflow('twice')
      async run(_wf: WorkflowContext): Promise<number> {
        this.runs += 1;
        if (this.runs === 1) throw new Error('down');
        return this.runs;
      }
    }
    const app = await serveAs({
      imports: [
        DtxModule.forRoot({ service: 'main', coordinator: other.url, register: false }),
        DtxModule.forRoot({ service: 'shop', coordinator: coordinator.url, register: false, name: 'eu' }),
      ],
      providers: [Twice],
    });
    const { eu } = app.get(Twice);
    await expect(eu.workflow('twice', gid).execute()).rejects.toMatchObject({ code: 'DTX_NOT_FINISHED' });
    const { transaction } = await eu.query(gid);
    expect(transaction).toMatchObject({ query_prepared: `${await app.getUrl()}/dtx/eu/workflow` });
    await until(async () => (await eu.query(gid)).transaction?.status === 'succeed');
    expect(other.calls).toEqual([]);
    await other.stop();
  });

  it('is not known before the server listens, if it has no name', async () => {
    @Injectable()
    class Early implements OnApplicationBootstrap {
      error: unknown;

      constructor(private readonly dtx: DtxClient) {}

      @DtxWorkflow('early')
      async run(_wf: WorkflowContext): Promise<void> {}

      async onApplicationBootstrap(): Promise<void> {
        this.error = await this.dtx
          .workflow('early', gid)
          .execute()
          .catch((error: unknown) => error);
      }
    }
    const app = await serveAs({
      imports: [DtxModule.forRoot({ service: 'shop', coordinator: coordinator.url, register: false })],
      providers: [Early],
    });
    expect(app.get(Early).error).toMatchObject({
      code: 'DTX_DEFINITION',
      message: expect.stringContaining('set baseUrl in DtxModule, or start workflows later') as string,
    });
    expect((await app.get(DtxClient).query(gid)).transaction).toBeNull();
  });
});
