import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../cleanup';
import { temporaryFolder } from '../temporary-folder';
import { until } from '../until';
import { DatabaseServer } from './database-server';
import { ServerChild } from './server-child';
import { PASSWORD, type ServerHome, type ServerKind, type ServerSettings } from './server-kind';
import { serverPort } from './server-port';

/** Recovery after a crash included. */
const READY_WITHIN_MS = 60_000;
/** A server that was killed may have helpers that hold its files for a moment; starting is tried again that long. */
const RESTART_WITHIN_MS = 60_000;
const LOG_CHARACTERS = 3000;

/** A database server of our own, with its data in a temporary folder, that can be stopped, killed and started again. */
export class PrivateServer extends DatabaseServer {
  private child: ServerChild | undefined;

  private constructor(
    kind: ServerKind,
    private readonly home: ServerHome,
  ) {
    super(kind, { host: '127.0.0.1', port: home.port, user: kind.user, password: PASSWORD });
  }

  /**
   * Makes a server and starts it. The clean-up stops it and removes its data; so does the end of our process, however it
   * comes about.
   *
   * @throws Error with the end of the server's log
   */
  static async create(cleanup: Cleanup, kind: ServerKind, settings: ServerSettings = {}): Promise<PrivateServer> {
    const folder = await temporaryFolder(cleanup, kind.name);
    const server = new PrivateServer(kind, { folder, port: await serverPort(), settings });
    cleanup.add(() => server.abandon());
    await server.prepare();
    await server.start();
    return server;
  }

  /** Starts it after {@link stop} or {@link kill}, on the same port and data; ready when it resolves. */
  async start(): Promise<void> {
    if (this.child?.alive) throw new Error(`${this.kind.name} runs already`);
    const deadline = Date.now() + RESTART_WITHIN_MS;
    while (!(await this.tryToStart())) {
      if (Date.now() > deadline) throw new Error(`${this.kind.name} does not start:\n${this.log()}`);
    }
  }

  /** Ends it cleanly; clients that are connected are thrown out. */
  async stop(): Promise<void> {
    await this.child?.end(this.kind.stopSignal);
  }

  /** Ends it as a crash would (SIGKILL). */
  async kill(): Promise<void> {
    await this.child?.end('SIGKILL');
  }

  /** Of the server that runs now, which may have children; `undefined` while there is none. */
  get pid(): number | undefined {
    return this.child?.alive ? this.child.pid : undefined;
  }

  /** End of what the server printed. */
  log(): string {
    return readFileSync(this.logFile, 'utf8').slice(-LOG_CHARACTERS);
  }

  private async abandon(): Promise<void> {
    await this.child?.end(this.kind.abandonSignal);
  }

  private async prepare(): Promise<void> {
    this.child = this.launch(this.kind.prepare(this.home));
    const code = await this.child.code();
    if (code !== 0) throw new Error(`${this.kind.name} cannot be set up:\n${this.log()}`);
  }

  /** @returns false when it ended again */
  private async tryToStart(): Promise<boolean> {
    const child = this.launch(this.kind.serve(this.home));
    this.child = child;
    const ready = until(
      `${this.kind.name} answers`,
      async () => {
        if (!child.alive) return 'ended' as const;
        await this.query('SELECT 1');
        return 'ready' as const;
      },
      { withinMs: READY_WITHIN_MS, everyMs: 30 },
    );
    return (await ready) === 'ready';
  }

  private launch(command: ReturnType<ServerKind['serve']>): ServerChild {
    return new ServerChild(command, this.logFile, { signal: this.kind.abandonSignal, folder: this.home.folder });
  }

  private get logFile(): string {
    return join(this.home.folder, 'log');
  }
}
