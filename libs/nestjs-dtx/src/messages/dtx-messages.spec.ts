import { ConflictException, Controller, type INestApplication } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DtxClient } from '@nestjs-dtx/client';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { ScriptedService, type ReceivedCall } from '@nestjs-dtx/testing';
import { DataSource } from 'typeorm';
import { barrierMigration } from '../barrier/barrier-migration';
import { DtxModule } from '../dtx.module';
import { MsgQueryPrepared } from '../decorators/msg-query-prepared.decorator';
import { closeAll, serveAs } from '../dtx-app.spec-helper';
import { DtxExplorer } from '../discovery/dtx.explorer';
import { DtxFailureException } from '../errors/dtx-failure.exception';
import { announcementOf } from '../registry/announcement';
import { DtxMessages } from './dtx-messages';

@Controller('orders')
class OrdersController {
  @MsgQueryPrepared()
  checkBack(): void {}

  @MsgQueryPrepared('elsewhere', { table: 'my_barrier' })
  elsewhere(): void {}
}

describe('messages that follow a local transaction', () => {
  let coordinator: ScriptedService;
  let app: INestApplication;

  beforeEach(async () => {
    coordinator = await ScriptedService.start();
    app = await serveAs({
      imports: [
        TypeOrmModule.forRoot({
          ...sqliteOptions(':memory:'),
          migrations: [barrierMigration(), barrierMigration({ table: 'my_barrier' })],
          migrationsRun: true,
        }),
        DtxModule.forRoot({ service: 'shop', coordinator: coordinator.url, register: false }),
      ],
      controllers: [OrdersController],
    });
    const options = { service: 'shop', coordinator: coordinator.url };
    const announced = announcementOf(options, app.get(DtxExplorer).handlers, await app.getUrl());
    const services = { status: 200, body: JSON.stringify({ services: [{ ...announced, live: true }] }) };
    coordinator.script = ({ path }) =>
      path === '/api/v2/services' ? services : { status: 200, body: '{"dtm_result":"SUCCESS"}' };
    await app.get(DataSource).query('create table orders (id varchar)');
  });
  afterEach(async () => {
    await closeAll();
    await coordinator.stop();
  });

  const message = () => app.get(DtxClient).msg('order-1').step('stock/ship', { items: 2 });
  const place = (error?: Error, target = {}): Promise<string> =>
    app.get(DtxMessages).doAndSubmit(
      message(),
      async (manager, { gid, op }) => {
        await manager.query('insert into orders values (?)', [gid]);
        if (error) throw error;
        return `${gid} ${op}`;
      },
      target,
    );
  const orders = (): Promise<unknown[]> => app.get(DataSource).query<unknown[]>('select id from orders');
  const told = (): string[] => coordinator.calls.filter(isCommand).map(({ path }) => path.replace('/api/dtmsvr/', ''));

  it('are announced before it, and submitted after it', async () => {
    expect(await place()).toBe('order-1 msg');
    expect(told()).toEqual(['prepare', 'submit']);
    expect(JSON.parse(coordinator.calls[0]?.body.toString() ?? '')).toMatchObject({
      gid: 'order-1',
      query_prepared: 'svc://shop/query-prepared',
    });
    expect(await orders()).toEqual([{ id: 'order-1' }]);
  });

  it.each([
    ['a refusal', new DtxFailureException('sold out')],
    ['Nest’s conflict', new ConflictException('sold out')],
    ['any other error', new Error('no disk')],
  ])('are given up when it is rolled back by %s, which is thrown on', async (_name, error) => {
    await expect(place(error)).rejects.toBe(error);
    expect(told()).toEqual(['prepare', 'abort']);
    expect(await orders()).toEqual([]);
  });

  it('are submitted when it was committed before, and the repetition does nothing', async () => {
    await place();
    await expect(place()).rejects.toMatchObject({ code: 'DTX_BARRIER_DUPLICATED' });
    expect(told()).toEqual(['prepare', 'submit', 'prepare', 'submit']);
    expect(await orders()).toHaveLength(1);
  });

  it('name the check-back that looks into the same table', async () => {
    await place(undefined, { table: 'my_barrier' });
    expect(JSON.parse(coordinator.calls[0]?.body.toString() ?? '')).toMatchObject({
      query_prepared: 'svc://shop/elsewhere',
    });
  });

  it('are refused before anything is sent if no check-back looks into their table', async () => {
    await expect(place(undefined, { table: 'other_barrier' })).rejects.toMatchObject({
      code: 'DTX_DEFINITION',
      message: expect.stringMatching(/'other_barrier'.*add a method with @MsgQueryPrepared/) as string,
    });
    expect(told()).toEqual([]);
  });
});

function isCommand({ path }: ReceivedCall): boolean {
  return path.startsWith('/api/dtmsvr/');
}
