import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Cleanup } from '../cleanup';
import { ServerChild } from '../servers/server-child';
import type { ServerCommand } from '../servers/server-kind';
import { serverPort } from '../servers/server-port';
import { temporaryFolder } from '../temporary-folder';
import { until } from '../until';
import type { BrokerHome, BrokerKind } from './broker-kind';

const READY_WITHIN_MS = 60_000;
const LOG_CHARACTERS = 3000;

/** A message broker of our own, with its data in a temporary folder, that can be stopped and started again. */
export class PrivateBroker {
  private child: ServerChild | undefined;

  private constructor(
    private readonly kind: BrokerKind,
    private readonly home: BrokerHome,
  ) {}

  /** Makes a broker and starts it. The clean-up ends it; so does the end of our process, however it comes about. */
  static async create(cleanup: Cleanup, kind: BrokerKind): Promise<PrivateBroker> {
    const folder = await temporaryFolder(cleanup, kind.name);
    const [port, one, other] = [await serverPort(), await serverPort(), await serverPort()];
    const broker = new PrivateBroker(kind, { folder, port, otherPorts: [one, other] });
    cleanup.add(() => broker.kill());
    await kind.prepare?.(broker.home);
    broker.startHelper(cleanup);
    await broker.start();
    return broker;
  }

  get port(): number {
    return this.home.port;
  }

  /** Starts it after {@link stop}, on the same port and data; ready when it resolves. @throws Error with the end of its log */
  async start(): Promise<void> {
    const child = this.launch(this.kind.serve(this.home));
    this.child = child;
    const ended = await until(`${this.kind.name} is ready`, () => this.readyOrEnded(child), {
      withinMs: READY_WITHIN_MS,
      everyMs: 50,
    });
    if (ended === 'ended') {
      throw new Error(`${this.kind.name} does not start:\n${readFileSync(this.log, 'utf8').slice(-LOG_CHARACTERS)}`);
    }
  }

  /** Ends it in good order. */
  async stop(): Promise<void> {
    await this.child?.end('SIGTERM');
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.child?.end('SIGKILL');
  }

  private startHelper(cleanup: Cleanup): void {
    const command = this.kind.helper?.(this.home);
    if (!command) return;
    const helper = this.launch(command);
    // The broker would start another one if it were still there.
    cleanup.add(async () => {
      await this.kill();
      await helper.end('SIGKILL');
    });
  }

  private launch(command: ServerCommand): ServerChild {
    return new ServerChild(command, this.log, { signal: 'SIGKILL', folder: this.home.folder });
  }

  private get log(): string {
    return join(this.home.folder, 'log');
  }

  private async readyOrEnded(child: ServerChild): Promise<'ready' | 'ended'> {
    if (!child.alive) return 'ended';
    await reach(this.home.port);
    await this.kind.check?.(this.home.port);
    return 'ready';
  }
}

/** @throws Error while nobody listens */
export async function reach(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
