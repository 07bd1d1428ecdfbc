import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { Gate, until } from '@nestjs-dtx/testing';
import {
  Body,
  ConflictException,
  Controller,
  Injectable,
  Module,
  Post,
  ValidationPipe,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IsInt } from 'class-validator';
import { map, type Observable } from 'rxjs';
import { DataSource } from 'typeorm';
import { send } from './api/http/http.spec-helper';
import { CapturedLog } from './captured-log.spec-helper';
import { CoordinatorModule } from './coordinator.module';
import { EmbeddedCoordinator } from './embedded-coordinator';
import { SqliteStore } from './stores/typeorm/sqlite/sqlite-store';

const KEY = { 'x-host-key': 'secret' };

/** Denies whoever does not have the key. */
@Injectable()
class KeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    return headers['x-host-key'] === KEY['x-host-key'];
  }
}

/** Puts every answer into an envelope. */
@Injectable()
class EnvelopeInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ envelope: data })));
  }
}

class TransferDto {
  @IsInt()
  amount!: number;
}

/** Holds up the steps of the host, so that a test can look at it in the middle of one. */
const gates = new Map<string, Gate>();
const effects: string[] = [];

@Controller('steps')
class StepsController {
  @Post('out')
  async out(@Body() { amount }: TransferDto) {
    effects.push(`out ${amount}`);
    await gates.get('out')?.pass();
    return { left: 70 };
  }

  @Post('undo')
  undo(@Body() { amount }: TransferDto) {
    effects.push(`undo ${amount}`);
    return {};
  }

  @Post('refuse')
  refuse() {
    throw new ConflictException('no funds');
  }
}

/** How long the host needs before it listens. Milliseconds. */
let startMs = 0;

@Injectable()
class SlowStart implements OnApplicationBootstrap {
  async onApplicationBootstrap(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, startMs));
  }
}

function hostModule(directory: string) {
  @Module({
    imports: [
      ScheduleModule.forRoot(),
      TypeOrmModule.forRoot(sqliteOptions(join(directory, 'host.sqlite'))),
      CoordinatorModule.forRoot({
        http: { host: '127.0.0.1', port: 0 },
        store: { driver: 'sqlite', directory: join(directory, 'dtx') },
      }),
    ],
    controllers: [StepsController],
    providers: [SlowStart],
  })
  class HostModule {}
  return HostModule;
}

describe('an Express application that embeds a coordinator', () => {
  let directory: string;
  let host: INestApplication;
  let hostUrl: string;
  let coordinatorUrl: string;
  let log: CapturedLog;

  beforeEach(async () => {
    log = CapturedLog.start();
    directory = await mkdtemp(join(tmpdir(), 'dtx-embedded-'));
    await start(0);
  });

  afterEach(async () => {
    for (const gate of gates.values()) gate.open();
    gates.clear();
    effects.length = 0;
    startMs = 0;
    await host.close();
    await rm(directory, { recursive: true });
    log.restore();
  });

  async function start(port: number): Promise<void> {
    host = await NestFactory.create(hostModule(directory), { abortOnError: false });
    host.setGlobalPrefix('host');
    host.useGlobalGuards(new KeyGuard());
    host.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true }));
    host.useGlobalInterceptors(new EnvelopeInterceptor());
    await host.listen(port, '127.0.0.1');
    hostUrl = await host.getUrl();
    coordinatorUrl = host.get(EmbeddedCoordinator).url;
  }

  const step = (action: string) => ({
    action: `${hostUrl}/host/steps/${action}`,
    compensate: `${hostUrl}/host/steps/undo`,
  });

  function submit(gid: string, actions: string[], more: object = {}) {
    const body = {
      gid,
      trans_type: 'saga',
      steps: actions.map(step),
      payloads: actions.map(() => '{"amount":30}'),
      branch_headers: KEY,
      wait_result: true,
      ...more,
    };
    return send('POST', `${coordinatorUrl}/api/dtmsvr/submit`, JSON.stringify(body));
  }

  test('leaves the API of the coordinator as it is: no prefix, guard, pipe or envelope of the host', async () => {
    expect(await send('GET', `${coordinatorUrl}/api/ping`)).toMatchObject({ status: 200, text: '{"msg":"pong"}' });
    expect(
      await send('POST', `${coordinatorUrl}/api/dtmsvr/prepare`, '{"gid":"g","trans_type":"saga","odd":1}'),
    ).toMatchObject({ status: 200, text: '{"dtm_result":"SUCCESS"}' });
    expect((await send('GET', `${coordinatorUrl}/host/steps/out`)).status).toBe(404);
  });

  test('keeps what is its own: prefix, guard, pipe, envelope, and no route of the coordinator', async () => {
    const out = (body: string, headers: object) =>
      send('POST', `${hostUrl}/host/steps/out`, body, { 'content-type': 'application/json', ...headers });
    expect((await out('{"amount":1}', {})).status).toBe(403);
    expect((await out('{"amount":"x"}', KEY)).status).toBe(400);
    expect(await out('{"amount":1}', KEY)).toMatchObject({ status: 201, text: '{"envelope":{"left":70}}' });
    expect((await send('GET', `${hostUrl}/api/ping`)).status).toBe(404);
    expect((await send('GET', `${hostUrl}/host/api/ping`)).status).toBe(404);
  });

  test('keeps its own timers and tables', async () => {
    expect(host.get(SchedulerRegistry).getIntervals()).toEqual([]);
    const tables: unknown = await host.get(DataSource).query("SELECT name FROM sqlite_master WHERE type = 'table'");
    expect(tables).toEqual([]);
  });

  test('takes part in a saga of its own with its controllers', async () => {
    expect(await submit('g', ['out', 'out'])).toMatchObject({ status: 200, text: '{"dtm_result":"SUCCESS"}' });
    expect(effects).toEqual(['out 30', 'out 30']);
  });

  test('rolls back through its controllers when one of them refuses', async () => {
    const reply = await submit('g', ['out', 'refuse']);
    expect(reply.status).toBe(409);
    expect(reply.text).toContain('no funds');
    expect(effects).toEqual(['out 30', 'undo 30', 'undo 30']);
  });

  test('denies a branch call without the key, which is an error that is retried', async () => {
    await submit('g', ['out'], { branch_headers: {} });
    const { text } = await send('GET', `${coordinatorUrl}/api/dtmsvr/query?gid=g`);
    expect(JSON.parse(text)).toMatchObject({
      transaction: { status: 'submitted', attempts: 1, last_error: expect.stringContaining('status 403') },
    });
    expect(effects).toEqual([]);
  });

  test('lets the coordinator finish its calls while it still serves them, and closes everything', async () => {
    const gate = new Gate();
    gates.set('out', gate);
    const waiting = submit('g', ['out']);
    await until(() => effects.length === 1);
    const closed = host.close();
    await until(async () => (await submit('late', ['out'])).status === 503);
    gate.open();
    expect(await waiting).toMatchObject({ status: 200 });
    await closed;
    await expect(send('GET', `${coordinatorUrl}/api/ping`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const store = new SqliteStore({ directory: join(directory, 'dtx') });
    await store.open();
    expect((await store.find('g'))?.transaction.status).toBe('succeed');
    await store.close();
    expect(log.of('error')).toEqual([]);
  });

  test('goes on after a restart with calls to its own controllers, once it serves them', async () => {
    gates.set('out', new Gate());
    const waiting = submit('g', ['out', 'out']);
    await until(() => effects.length === 1);
    const closed = host.close();
    gates.get('out')!.open();
    await waiting;
    await closed;
    expect(effects).toEqual(['out 30']);

    startMs = 300;
    await start(Number(new URL(hostUrl).port));
    const { transaction } = await until(async () => {
      const { text } = await send('GET', `${coordinatorUrl}/api/dtmsvr/query?gid=g`);
      const view = JSON.parse(text) as { transaction: { status: string; attempts?: number; last_error?: string } };
      return view.transaction.status === 'succeed' || view.transaction.attempts ? view : undefined;
    });
    expect(transaction).toMatchObject({ status: 'succeed' });
    expect(effects).toEqual(['out 30', 'out 30']);
    expect(log.of('warn')).toEqual([]);
  });

  test('serves in an application context as well, which never listens', async () => {
    const context = await NestFactory.createApplicationContext(
      CoordinatorModule.forRoot({ http: { host: '127.0.0.1', port: 0 }, store: { driver: 'memory' } }),
      { abortOnError: false },
    );
    const { url } = context.get(EmbeddedCoordinator);
    expect(await send('GET', `${url}/api/v2/health/ready`)).toMatchObject({ status: 200 });
    await context.close();
  });

  test('has no address of the coordinator before it is initialised', () => {
    expect(() => new EmbeddedCoordinator().url).toThrow('initialise the application first');
  });
});
