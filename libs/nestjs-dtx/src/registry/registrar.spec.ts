import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, type LoggerService } from '@nestjs/common';
import { until } from '@nestjs-dtx/testing';
import type { ServiceAnnouncement } from '@nestjs-dtx/protocol';
import { SagaCompensate } from '../decorators/saga-compensate.decorator';
import { SagaStep } from '../decorators/saga-step.decorator';
import { ADAPTERS, callBranch, closeAll, serveAs } from '../dtx-app.spec-helper';
import { DtxModule } from '../dtx.module';
import type { DtxOptions } from '../dtx.options';

@Controller('accounts')
class AccountsController {
  @SagaStep('pay')
  pay(): void {}

  @SagaCompensate('pay')
  undo(): void {}

  @SagaStep('check', { compensate: false })
  check(): void {}
}

/** The registry's side of the conversation, and nothing else of a coordinator. */
class Registry {
  readonly announced: ServiceAnnouncement[] = [];
  readonly withdrawn: string[] = [];
  readonly tokens: unknown[] = [];
  status = 200;
  /** Requests are answered when it resolves. */
  answering: Promise<unknown> = Promise.resolve();
  private server: Server | undefined;

  async listen(port = 0): Promise<number> {
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        this.tokens.push(request.headers['x-token']);
        if (request.method === 'DELETE') this.withdrawn.push(request.url ?? '');
        else if (this.status === 200) this.announced.push(JSON.parse(text) as ServiceAnnouncement);
        void this.answering.then(() => {
          response.writeHead(this.status, { 'content-type': 'application/json' });
          response.end('{"dtm_result":"SUCCESS"}');
        });
      });
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('the registrar', () => {
  let registry: Registry;
  let port: number;
  let lines: string[];
  const logger: LoggerService = {
    log: (message: string, context: string) => void (context === 'DtxRegistrar' && lines.push(`log ${message}`)),
    warn: (message: string) => void lines.push(`warn ${message}`),
    error: (message: string) => void lines.push(`error ${message}`),
  };

  beforeEach(async () => {
    lines = [];
    registry = new Registry();
    port = await registry.listen();
  });

  afterEach(async () => {
    await closeAll();
    await registry.close();
  });

  const start = (options: Partial<DtxOptions> = {}, adapter: (typeof ADAPTERS)[number] = 'fastify') =>
    serveAs(
      {
        imports: [
          DtxModule.forRoot({
            service: 'bank-a',
            coordinator: `http://127.0.0.1:${port}`,
            heartbeatSeconds: 1,
            ...options,
          }),
        ],
        controllers: [AccountsController],
      },
      { adapter, logger, prepare: (app) => app.setGlobalPrefix('api') },
    );
  const firstAnnouncement = () => until(() => registry.announced[0]);

  it.each(ADAPTERS)('announces where the handlers are once the server listens (%s)', async (adapter) => {
    const app = await start({}, adapter);
    const announcement = await firstAnnouncement();
    const url = await app.getUrl();
    expect(announcement).toEqual({
      service: 'bank-a',
      instance: new URL(url).host.replace(':', '-'),
      url,
      handlers: {
        pay: { action: '/api/accounts/dtx/pay/action', compensate: '/api/accounts/dtx/pay/compensate' },
        check: { action: '/api/accounts/dtx/check/action', compensate: null },
      },
      ttl: 3,
    });
    expect(await callBranch(app, announcement.handlers['pay']?.['action'] ?? '')).toMatchObject({ status: 200 });
  });

  it('announces the base URL and the instance that it is given, with the headers of the client', async () => {
    await start({ baseUrl: 'https://bank.example/a', instance: 'pod-7', client: { headers: { 'x-token': 'secret' } } });
    expect(await firstAnnouncement()).toMatchObject({ url: 'https://bank.example/a', instance: 'pod-7' });
    expect(registry.tokens).toContain('secret');
  });

  it('makes up an instance of its own behind a base URL, which many may share', async () => {
    await start({ baseUrl: 'https://bank.example' });
    await start({ baseUrl: 'https://bank.example' });
    await until(() => registry.announced.length >= 2);
    const [one, two] = registry.announced.map(({ instance }) => instance);
    expect(one).not.toBe(two);
    expect(one).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
  });

  it('finds the coordinator under its dtm base URL too', async () => {
    await start({ coordinator: `http://127.0.0.1:${port}/api/dtmsvr` });
    expect(await firstAnnouncement()).toMatchObject({ service: 'bank-a' });
  });

  it('gives signs of life, a third of the ttl apart', async () => {
    await start();
    await until(() => registry.announced.length >= 3);
    expect(registry.announced[2]).toEqual(registry.announced[0]);
  });

  it('withdraws when the application shuts down', async () => {
    const app = await start();
    const { instance } = await firstAnnouncement();
    await app.close();
    expect(registry.withdrawn).toEqual([`/api/v2/services/bank-a/${instance}`]);
  });

  it('withdraws only after an announcement under way has been answered, or it would come back to life', async () => {
    let answer: () => void = () => {};
    registry.answering = new Promise<void>((resolve) => (answer = resolve));
    const app = await start();
    await firstAnnouncement();
    const closed = app.close();
    answer();
    await closed;
    expect(registry.announced).toHaveLength(1);
    expect(registry.withdrawn).toHaveLength(1);
  });

  it('registers nothing without handlers, or when told not to', async () => {
    await start({ register: false });
    await serveAs({ imports: [DtxModule.forRoot({ service: 'empty', coordinator: `http://127.0.0.1:${port}` })] });
    // A third one that does register is the proof that the others have had their chance.
    await start({ service: 'bank-b' });
    expect(await firstAnnouncement()).toMatchObject({ service: 'bank-b' });
    await closeAll();
    expect(registry.announced.every(({ service }) => service === 'bank-b')).toBe(true);
    expect(registry.withdrawn).toHaveLength(1);
  });

  it('serves without a coordinator, says so once, and registers when it comes', async () => {
    await registry.close();
    const app = await start();
    expect(await callBranch(app, '/api/accounts/dtx/check/action')).toMatchObject({ status: 200 });
    await until(() => lines.length > 0);
    expect(lines).toEqual([
      expect.stringMatching(
        /^warn service bank-a cannot register at http:\/\/127.0.0.1:\d+, trying on: .*ECONNREFUSED/,
      ),
    ]);
    await registry.listen(port);
    await until(() => lines.length > 1);
    expect(lines[1]).toMatch(/^log service bank-a registered at /);
    expect(registry.announced.length).toBeGreaterThan(0);
  });

  it('announces itself again to a coordinator that was away, with a line for each change', async () => {
    await start();
    await firstAnnouncement();
    await registry.close();
    await until(() => lines.length >= 2);
    registry.announced.length = 0;
    await registry.listen(port);
    await firstAnnouncement();
    await until(() => lines.length >= 3);
    expect(lines.map((line) => line.split(' ').slice(0, 5).join(' '))).toEqual([
      'log service bank-a registered at',
      'warn service bank-a cannot register',
      'log service bank-a registered at',
    ]);
  });

  it('repeats what the coordinator said when it refuses', async () => {
    registry.status = 400;
    await start();
    await until(() => lines.length > 0);
    expect(lines[0]).toMatch(/trying on: status 400: /);
  });

  it('shuts down in peace while the coordinator is away', async () => {
    const app = await start();
    await firstAnnouncement();
    await registry.close();
    await expect(app.close()).resolves.toBeUndefined();
  });
});
