import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Body,
  Controller,
  Injectable,
  UseGuards,
  type CanActivate,
  type INestApplication,
  type PipeTransform,
} from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { DataSource, type EntityManager } from 'typeorm';
import { BarrierEntityManager } from '../decorators/barrier-entity-manager.decorator';
import { BarrierProtected } from '../decorators/barrier-protected.decorator';
import { SagaCompensate } from '../decorators/saga-compensate.decorator';
import { SagaStep } from '../decorators/saga-step.decorator';
import { callBranch, closeAll, send, serve, type Answered } from '../dtx-app.spec-helper';
import { DtxFailureException } from '../errors/dtx-failure.exception';
import { barrierMigration } from './barrier-migration';
import { BarrierService } from './barrier.service';

interface Payment {
  readonly amount: number;
  readonly end?: 'fail' | 'crash';
}

const PAY = '/accounts/dtx/pay/action';
const UNDO = '/accounts/dtx/pay/compensate';
const SUCCESS: Answered = { status: 200, body: { dtm_result: 'SUCCESS' } };

/** Lets a test hold the first transaction open until all its requests are there. */
@Injectable()
class Arrivals {
  complete: Promise<void> = Promise.resolve();
  private awaited = 0;
  private open: () => void = () => {};

  expect(requests: number): void {
    this.awaited = requests;
    this.complete = new Promise((resolve) => (this.open = resolve));
  }

  note(): void {
    this.awaited -= 1;
    if (this.awaited === 0) this.open();
  }
}

@Injectable()
class NoteArrival implements CanActivate {
  constructor(private readonly arrivals: Arrivals) {}

  canActivate(): boolean {
    this.arrivals.note();
    return true;
  }
}

/** Uses the same database on its own: it must not wait for the transaction in which it runs. */
@Injectable()
class KnownAccount implements PipeTransform<Payment> {
  constructor(private readonly barriers: BarrierService) {}

  async transform(payment: Payment): Promise<Payment> {
    await this.barriers.transaction((manager) => manager.query('select balance from account'));
    return payment;
  }
}

@Controller('accounts')
class AccountsController {
  constructor(private readonly arrivals: Arrivals) {}

  @SagaStep('pay')
  @BarrierProtected()
  @UseGuards(NoteArrival)
  async pay(
    @Body(KnownAccount) { amount, end }: Payment,
    @BarrierEntityManager() manager: EntityManager,
  ): Promise<void> {
    const [row] = await manager.query<{ balance: number }[]>('select balance from account');
    // Two transactions at once would both have read by now, and one of their updates would be lost.
    await this.arrivals.complete;
    await manager.query('update account set balance = ?', [(row?.balance ?? 0) + amount]);
    if (end === 'fail') throw new DtxFailureException('not today');
    if (end === 'crash') throw new Error('crashed');
  }

  @SagaCompensate('pay')
  @BarrierProtected()
  async undo(@Body() { amount }: Payment, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    await manager.query('update account set balance = balance - ?', [amount]);
  }

  @SagaStep('other-table', { compensate: false })
  @BarrierProtected({ table: 'my_barrier' })
  async otherTable(@BarrierEntityManager() manager: EntityManager): Promise<void> {
    await manager.query('update account set balance = balance + 1');
  }
}

describe('a barrier-protected handler on SQLite', () => {
  let folder: string;
  let app: INestApplication;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-dtx-'));
    app = await serve({
      imports: [
        TypeOrmModule.forRoot({
          ...sqliteOptions(join(folder, 'accounts.sqlite')),
          migrations: [barrierMigration(), barrierMigration({ table: 'my_barrier' })],
          migrationsRun: true,
        }),
      ],
      controllers: [AccountsController],
      providers: [Arrivals, KnownAccount],
    });
    await app.get(DataSource).query('create table account (balance integer not null)');
    await app.get(DataSource).query('insert into account (balance) values (0)');
  });

  afterEach(async () => {
    await closeAll();
    rmSync(folder, { recursive: true });
  });

  const balance = async (): Promise<number> => {
    const [row] = await app.get(DataSource).query<{ balance: number }[]>('select balance from account');
    return row?.balance ?? NaN;
  };
  const rows = async (table = 'dtx_barrier'): Promise<string[]> => {
    const found = await app
      .get(DataSource)
      .query<{ gid: string; op: string; reason: string }[]>(`select gid, op, reason from ${table} order by id`);
    return found.map(({ gid, op, reason }) => `${gid} ${op} ${reason}`);
  };

  it('applies its effect together with the barrier’s row', async () => {
    expect(await callBranch(app, PAY, { body: { amount: 5 } })).toEqual(SUCCESS);
    expect(await balance()).toBe(5);
    expect(await rows()).toEqual(['g-1 action action']);
  });

  it('applies 50 concurrent branches exactly once each, repetitions among them', async () => {
    const branches = Array.from({ length: 50 }, (_, index) => ({
      gid: `g-${index}`,
      body: { amount: 2 ** (index % 20) },
    }));
    const calls = [...branches, ...branches, ...branches.slice(0, 25)];
    app.get(Arrivals).expect(calls.length);
    const answers = await Promise.all(calls.map((call) => callBranch(app, PAY, call)));
    expect(answers).toEqual(calls.map(() => SUCCESS));
    expect(await balance()).toBe(branches.reduce((sum, { body }) => sum + body.amount, 0));
    expect(await rows()).toHaveLength(50);
  });

  it('answers a repetition as a success and does nothing', async () => {
    await callBranch(app, PAY, { body: { amount: 5 } });
    expect(await callBranch(app, PAY, { body: { amount: 5 } })).toEqual(SUCCESS);
    expect(await balance()).toBe(5);
  });

  it('undoes what it has done, once', async () => {
    await callBranch(app, PAY, { body: { amount: 5 } });
    for (let repeats = 0; repeats < 3; repeats += 1) {
      expect(await callBranch(app, UNDO, { op: 'compensate', body: { amount: 5 } })).toEqual(SUCCESS);
    }
    expect(await balance()).toBe(0);
  });

  it('undoes nothing when the action never came, and keeps out the action that comes late', async () => {
    expect(await callBranch(app, UNDO, { op: 'compensate', body: { amount: 5 } })).toEqual(SUCCESS);
    expect(await callBranch(app, PAY, { body: { amount: 5 } })).toEqual(SUCCESS);
    expect(await balance()).toBe(0);
    expect(await rows()).toEqual(['g-1 action compensate', 'g-1 compensate compensate']);
  });

  it.each([
    ['refuses', 'fail', 409],
    ['crashes', 'crash', 500],
  ])('leaves neither effect nor row when it %s, and can be called again', async (_name, end, status) => {
    expect(await callBranch(app, PAY, { body: { amount: 5, end } })).toMatchObject({ status });
    expect(await balance()).toBe(0);
    expect(await rows()).toEqual([]);
    expect(await callBranch(app, PAY, { body: { amount: 5 } })).toEqual(SUCCESS);
    expect(await balance()).toBe(5);
  });

  it('uses the table that it names', async () => {
    await callBranch(app, '/accounts/dtx/other-table/action');
    expect(await rows()).toEqual([]);
    expect(await rows('my_barrier')).toEqual(['g-1 action action']);
  });

  it('does not run for a request that says not which branch it is', async () => {
    expect(await send(app, PAY, { method: 'POST' })).toMatchObject({
      status: 400,
      body: { code: 'DTX_BARRIER_INFO' },
    });
    expect(await balance()).toBe(0);
  });

  it('runs beside transactions of the application that go through the service', async () => {
    app.get(Arrivals).expect(20);
    const own = Array.from({ length: 20 }, () =>
      app.get(BarrierService).transaction((manager) => manager.query('update account set balance = balance + 1')),
    );
    const branches = Array.from({ length: 20 }, (_, index) =>
      callBranch(app, PAY, { gid: `g-${index}`, body: { amount: 1, ...(index % 2 === 0 && { end: 'crash' }) } }),
    );
    await Promise.all([...own, ...branches]);
    expect(await balance()).toBe(20 + 10);
  });
});

describe('BarrierService', () => {
  let app: INestApplication;
  let barriers: BarrierService;
  const branch = { transType: 'saga', gid: 'g-1', branchId: '01', op: 'action' };

  beforeEach(async () => {
    app = await serve({
      imports: [
        TypeOrmModule.forRoot({ ...sqliteOptions(':memory:'), migrations: [barrierMigration()], migrationsRun: true }),
      ],
    });
    barriers = app.get(BarrierService);
  });
  afterEach(closeAll);

  it('refuses the root entity manager', async () => {
    const { manager } = app.get(DataSource);
    await expect(barriers.call(manager, () => Promise.resolve(1), { branch })).rejects.toMatchObject({
      code: 'DTX_BARRIER_ROOT_HANDLE',
      message: expect.stringContaining('not dataSource.manager') as string,
    });
  });

  it('refuses the root entity manager even while some transaction is open', async () => {
    const { manager } = app.get(DataSource);
    await barriers.transaction(async () => {
      await expect(barriers.call(manager, () => Promise.resolve(1), { branch })).rejects.toMatchObject({
        code: 'DTX_BARRIER_ROOT_HANDLE',
      });
    });
  });

  it('refuses a call outside of a branch', async () => {
    await expect(
      barriers.transaction((manager) => barriers.call(manager, () => Promise.resolve(1))),
    ).rejects.toMatchObject({
      code: 'DTX_BARRIER_INFO',
    });
  });

  it('runs the business once in the caller’s transaction', async () => {
    const call = () => barriers.transaction((manager) => barriers.call(manager, () => Promise.resolve(7), { branch }));
    expect(await call()).toEqual({ ran: true, value: 7 });
    expect(await call()).toEqual({ ran: false, reason: 'duplicate' });
  });

  it('joins the transaction that is open in the same flow of calls', async () => {
    const count = () => app.get(DataSource).query<{ n: number }[]>('select count(*) as n from dtx_barrier');
    await expect(
      barriers.transaction(async (outer) => {
        const inner = await barriers.transaction((manager) => Promise.resolve(manager));
        expect(inner).toBe(outer);
        await barriers.call(inner, () => Promise.resolve(1), { branch });
        throw new Error('roll back');
      }),
    ).rejects.toThrow('roll back');
    expect(await count()).toEqual([{ n: 0 }]);
  });

  it('does not join a transaction that has ended', async () => {
    let later: Promise<unknown> = Promise.resolve();
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    await barriers.transaction((manager) => {
      later = gate.then(() => barriers.transaction((next) => Promise.resolve(next.queryRunner?.isTransactionActive)));
      return manager.query('select 1');
    });
    release();
    expect(await later).toBe(true);
  });
});
