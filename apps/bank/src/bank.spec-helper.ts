import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { BankModule } from './bank.module';
import { BankConfig } from './config/bank.config';

const COORDINATOR = join(__dirname, '../../../dist/apps/coordinator/apps/coordinator/src/main.js');

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/** Banks in this process, each with a database file of its own, and a coordinator in another one. */
export class BankTown {
  private readonly folder = mkdtempSync(join(tmpdir(), 'nestjs-dtx-bank-'));
  private readonly banks: INestApplication[] = [];
  private coordinator: ChildProcess | undefined;
  /** Nobody listens there until {@link startCoordinator}. */
  coordinatorUrl = 'http://127.0.0.1:9';

  /** Needs `npm run build:coordinator`, which `npm test` does first. */
  async startCoordinator(): Promise<void> {
    const env = { ...process.env, HTTP_PORT: '0', STORE_DRIVER: 'memory', LOG_LEVEL: 'error' };
    this.coordinator = spawn(process.execPath, [COORDINATOR], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: this.coordinator.stdout! })) {
      const [, url] = /listening on (http:\S+)/.exec(line) ?? [];
      if (url === undefined) continue;
      this.coordinatorUrl = url;
      return;
    }
    throw new Error('the coordinator ended before it listened');
  }

  async openBank(name: string): Promise<INestApplication> {
    const config = Object.assign(new BankConfig(), {
      BANK_NAME: name,
      DATABASE_URL: `sqlite:${join(this.folder, `${name}.sqlite`)}`,
      COORDINATOR_URL: this.coordinatorUrl,
    });
    const module = await Test.createTestingModule({ imports: [BankModule.forRoot(config)] })
      .setLogger({ log: () => {}, warn: () => {}, error: () => {} })
      .compile();
    const app = module.createNestApplication(new FastifyAdapter({ forceCloseConnections: true }));
    this.banks.push(app);
    await app.listen(0, '127.0.0.1');
    return app;
  }

  async close(): Promise<void> {
    await Promise.all(this.banks.map((app) => app.close()));
    if (this.coordinator?.exitCode === null) {
      this.coordinator.kill('SIGTERM');
      await once(this.coordinator, 'exit');
    }
    rmSync(this.folder, { recursive: true });
  }
}

export async function send(app: INestApplication, path: string, body?: unknown): Promise<Answered> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch((await app.getUrl()) + path, body === undefined ? {} : init);
  return { status: response.status, body: await response.json() };
}

export async function balanceOf(app: INestApplication, account: string): Promise<number> {
  const { body } = await send(app, `/accounts/${account}`);
  return (body as { balanceMinor: number }).balanceMinor;
}
