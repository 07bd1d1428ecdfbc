import { Body, Controller, ParseIntPipe, type INestApplication } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { DataSource, type EntityManager } from 'typeorm';
import { barrierMigration } from '../barrier/barrier-migration';
import { DtxExplorer } from '../discovery/dtx.explorer';
import { ADAPTERS, callBranch, closeAll, serve, type Answered } from '../dtx-app.spec-helper';
import { DtxFailureException } from '../errors/dtx-failure.exception';
import { announcementOf } from '../registry/announcement';
import { BarrierEntityManager } from './barrier-entity-manager.decorator';
import { BarrierProtected } from './barrier-protected.decorator';
import { TccCancel, TccConfirm, TccTry } from './tcc.decorators';

const SUCCESS: Answered = { status: 200, body: { dtm_result: 'SUCCESS' } };

/** A stock of ten pieces: those that are reserved are neither free nor sold. */
@Controller('stock')
class StockController {
  @TccTry('reserve', { rejectInvalid: true })
  @BarrierProtected()
  async reserve(@Body('pieces', ParseIntPipe) pieces: number, @BarrierEntityManager() manager: EntityManager) {
    const [row] = await manager.query<{ free: number }[]>('select free from stock');
    if ((row?.free ?? 0) < pieces) throw new DtxFailureException('sold out');
    await manager.query('update stock set free = free - ?, reserved = reserved + ?', [pieces, pieces]);
  }

  @TccConfirm('reserve')
  @BarrierProtected()
  async sell(@Body('pieces', ParseIntPipe) pieces: number, @BarrierEntityManager() manager: EntityManager) {
    await manager.query('update stock set reserved = reserved - ?, sold = sold + ?', [pieces, pieces]);
  }

  @TccCancel('reserve')
  @BarrierProtected()
  async release(@Body('pieces', ParseIntPipe) pieces: number, @BarrierEntityManager() manager: EntityManager) {
    await manager.query('update stock set reserved = reserved - ?, free = free + ?', [pieces, pieces]);
  }
}

describe.each(ADAPTERS)('a TCC branch on %s', (adapter) => {
  let app: INestApplication;

  beforeEach(async () => {
    app = await serve(
      {
        imports: [
          TypeOrmModule.forRoot({
            ...sqliteOptions(':memory:'),
            migrations: [barrierMigration()],
            migrationsRun: true,
          }),
        ],
        controllers: [StockController],
      },
      { adapter },
    );
    await app.get(DataSource).query('create table stock (free integer, reserved integer, sold integer)');
    await app.get(DataSource).query('insert into stock values (10, 0, 0)');
  });
  afterEach(closeAll);

  const call = (op: string, pieces: unknown = 3): Promise<Answered> =>
    callBranch(app, `/stock/dtx/reserve/${op}`, { op, transType: 'tcc', body: { pieces } });
  const stock = async (): Promise<unknown> => (await app.get(DataSource).query<unknown[]>('select * from stock'))[0];

  it('reserves and confirms, each once however often it is called', async () => {
    for (const op of ['try', 'try', 'confirm', 'confirm']) expect(await call(op)).toEqual(SUCCESS);
    expect(await stock()).toEqual({ free: 7, reserved: 0, sold: 3 });
  });

  it('reserves and cancels, each once however often it is called', async () => {
    for (const op of ['try', 'cancel', 'cancel']) expect(await call(op)).toEqual(SUCCESS);
    expect(await stock()).toEqual({ free: 10, reserved: 0, sold: 0 });
  });

  it('cancels nothing when the try never came, and keeps out the try that comes late', async () => {
    for (const op of ['cancel', 'try']) expect(await call(op)).toEqual(SUCCESS);
    expect(await stock()).toEqual({ free: 10, reserved: 0, sold: 0 });
  });

  it('refuses for business reasons, and what its pipe rejects', async () => {
    expect(await call('try', 11)).toEqual({ status: 409, body: { dtm_result: 'FAILURE', message: 'sold out' } });
    expect(await call('try', 'some')).toMatchObject({ status: 409, body: { dtm_result: 'FAILURE' } });
    expect(await stock()).toEqual({ free: 10, reserved: 0, sold: 0 });
  });

  it('is announced with the path of each operation', () => {
    const { handlers } = announcementOf(
      { service: 'shop', coordinator: 'http://127.0.0.1:9' },
      app.get(DtxExplorer).handlers,
      'http://127.0.0.1:3000',
    );
    expect(handlers).toEqual({
      reserve: {
        try: '/stock/dtx/reserve/try',
        confirm: '/stock/dtx/reserve/confirm',
        cancel: '/stock/dtx/reserve/cancel',
      },
    });
  });
});
