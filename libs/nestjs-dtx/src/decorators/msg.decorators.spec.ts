import { Body, Controller, Post, type INestApplication } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { DataSource, type EntityManager } from 'typeorm';
import { barrierMigration } from '../barrier/barrier-migration';
import { BarrierService } from '../barrier/barrier.service';
import { DtxExplorer } from '../discovery/dtx.explorer';
import { ADAPTERS, callBranch, closeAll, serve, type Answered } from '../dtx-app.spec-helper';
import { announcementOf } from '../registry/announcement';
import { BarrierEntityManager } from './barrier-entity-manager.decorator';
import { BarrierProtected } from './barrier-protected.decorator';
import { MsgAction } from './msg-action.decorator';
import { MsgQueryPrepared } from './msg-query-prepared.decorator';

const SUCCESS: Answered = { status: 200, body: { dtm_result: 'SUCCESS' } };
const FAILURE = { status: 409, body: { dtm_result: 'FAILURE' } };

@Controller('mail')
class MailController {
  readonly answered: string[] = [];

  @MsgAction('deliver')
  @BarrierProtected()
  async deliver(@Body('letter') letter: string, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    await manager.query('insert into letter values (?)', [letter]);
  }

  @MsgQueryPrepared()
  checkBack(): void {
    this.answered.push('default');
  }

  @Post('sent')
  @MsgQueryPrepared('sent', { table: 'my_barrier' })
  sent(): void {
    this.answered.push('my_barrier');
  }
}

describe.each(ADAPTERS)('2-phase messages on %s', (adapter) => {
  let app: INestApplication;

  beforeEach(async () => {
    app = await serve(
      {
        imports: [
          TypeOrmModule.forRoot({
            ...sqliteOptions(':memory:'),
            migrations: [barrierMigration(), barrierMigration({ table: 'my_barrier' })],
            migrationsRun: true,
          }),
        ],
        controllers: [MailController],
      },
      { adapter },
    );
    await app.get(DataSource).query('create table letter (text varchar)');
  });
  afterEach(closeAll);

  const checkBack = (gid: string, path = '/mail/dtx/query-prepared/msg', method = 'GET'): Promise<Answered> =>
    callBranch(app, path, { gid, branchId: '00', op: 'msg', transType: 'msg', method });
  /** The local transaction of a message, which a test may hold open. */
  const local = (gid: string, table = 'dtx_barrier', open: Promise<void> = Promise.resolve()): Promise<unknown> =>
    app.get(BarrierService).run({ transType: 'msg', gid, branchId: '00', op: 'msg' }, { table }, () => open);

  it('are delivered once, however often they are sent', async () => {
    const call = { transType: 'msg', body: { letter: 'hello' } };
    for (let sent = 0; sent < 3; sent += 1) {
      expect(await callBranch(app, '/mail/dtx/deliver/action', call)).toEqual(SUCCESS);
    }
    expect(await app.get(DataSource).query('select text from letter')).toEqual([{ text: 'hello' }]);
  });

  it('are checked back without any code: committed, and only then the method runs', async () => {
    await local('g-1');
    for (const method of ['GET', 'POST']) expect(await checkBack('g-1', undefined, method)).toEqual(SUCCESS);
    expect(await checkBack('g-2')).toMatchObject(FAILURE);
    expect(app.get(MailController).answered).toEqual(['default', 'default']);
  });

  it('cannot commit any more once the check-back has said that they have not', async () => {
    expect(await checkBack('g-1')).toMatchObject(FAILURE);
    await expect(local('g-1')).rejects.toMatchObject({ code: 'DTX_BARRIER_DUPLICATED' });
    expect(await checkBack('g-1')).toMatchObject(FAILURE);
  });

  it('are looked up in the table that their local transaction has used', async () => {
    await local('g-1', 'my_barrier');
    expect(await checkBack('g-1', '/mail/sent', 'POST')).toEqual(SUCCESS);
    expect(await checkBack('g-1')).toMatchObject(FAILURE);
  });

  it('are waited for while their local transaction is open', async () => {
    let commit: () => void = () => {};
    const transaction = local('g-1', 'dtx_barrier', new Promise((resolve) => (commit = resolve)));
    let isAnswered = false;
    const answer = checkBack('g-1').finally(() => (isAnswered = true));
    // Another request goes through the whole application meanwhile, so the check-back has arrived.
    await app.get(DataSource).query('select 1');
    await callBranch(app, '/mail/dtx/deliver/unknown');
    expect(isAnswered).toBe(false);
    commit();
    await transaction;
    expect(await answer).toEqual(SUCCESS);
  });

  it('do not answer for a request that says not which message it is about', async () => {
    expect(await callBranch(app, '/mail/dtx/query-prepared/msg', { gid: '' })).toMatchObject({
      status: 400,
      body: { code: 'DTX_BARRIER_INFO' },
    });
  });

  it('are announced with the paths of action and check-back', () => {
    const options = { service: 'mail', coordinator: 'http://127.0.0.1:9' };
    expect(announcementOf(options, app.get(DtxExplorer).handlers, 'http://127.0.0.1:3000').handlers).toEqual({
      deliver: { action: '/mail/dtx/deliver/action' },
      'query-prepared': { msg: '/mail/dtx/query-prepared/msg' },
      sent: { msg: '/mail/sent' },
    });
  });
});

describe('the start with a check-back', () => {
  afterEach(closeAll);

  it('is refused without the table that it asks', async () => {
    const imports = [TypeOrmModule.forRoot(sqliteOptions(':memory:'))];
    await expect(serve({ imports, controllers: [MailController] })).rejects.toMatchObject({
      code: 'DTX_BARRIER_TABLE',
    });
  });
});
