import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { PROJECT_ROOT } from './project-root';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What to start. */
export interface ServerOptions {
  /** For error texts. */
  readonly name: string;
  /** Compiled main file, relative to the workspace. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
  /** The whole environment beside PATH: what the developer's shell happens to hold must not decide a test. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until the server has to listen. */
  readonly readyWithinMs?: number;
}

/** A server that is not one of our scripts. It prints `listening on <url>` as ours do. */
export interface ProgramOptions {
  readonly name: string;
  /** Path of the program. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const READY = /listening on (http:\/\/\S+)\s/;
/** On the line of the readiness. */
const GRPC = /listening on .* grpc:\/\/(\S+)/;
const READY_WITHIN_MS = 60_000;
const GRACE_MS = 30_000;

/** Children that run. They must not outlive us, even if a test forgets one. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** A server in a process of its own, known by the URL it printed. Signals go to its pid. */
export class ServerProcess {
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<Exit>;
  private readonly chunks: string[] = [];
  private address: string | undefined;
  private ended: Exit | undefined;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    running.add(child);
    this.exited = new Promise((resolveExit) => {
      child.once('close', (code, signal) => {
        running.delete(child);
        this.ended = { code, signal };
        resolveExit(this.ended);
      });
    });
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @throws Error with everything it printed when it ends first or is not ready in time
   */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    return ServerProcess.launch(options).listening(options.readyWithinMs);
  }

  /** The same for a program in another language. */
  static async startProgram(options: ProgramOptions): Promise<ServerProcess> {
    return ServerProcess.spawn(options).listening();
  }

  /** Starts a process without waiting: for those that are expected to stop by themselves. */
  static launch({ name, script, args = [], nodeOptions = [], env = {} }: ServerOptions): ServerProcess {
    const path = resolve(PROJECT_ROOT, script);
    if (!existsSync(path))
      throw new Error(
        `${relative(PROJECT_ROOT, path)} does not exist: run \`npm run build && npm run build:tools\` first`,
      );
    return ServerProcess.spawn({ name, program: process.execPath, args: [...nodeOptions, path, ...args], env });
  }

  private static spawn({ name, program, args = [], env = {} }: ProgramOptions): ServerProcess {
    const child = spawn(program, args, {
      cwd: PROJECT_ROOT,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(name, child);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => server.chunks.push(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => server.chunks.push(text));
    return server;
  }

  /** Everything printed so far, to both streams. */
  get output(): string {
    return this.chunks.join('');
  }

  /** Base URL, as printed. @throws Error before it listens */
  get url(): string {
    this.address ??= READY.exec(this.output)?.[1];
    if (this.address === undefined) throw new Error(`${this.name} does not listen:\n${this.output}`);
    return this.address;
  }

  /** `host:port` of its gRPC API, as printed. @throws Error when it has none */
  get grpcAddress(): string {
    const address = GRPC.exec(this.output)?.[1];
    if (address === undefined) throw new Error(`${this.name} does not listen for gRPC:\n${this.output}`);
    return address;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.name} could not be started`);
    return this.child.pid;
  }

  get alive(): boolean {
    return this.ended === undefined;
  }

  /** Asks it to end, and ends it by force when it does not within 15 s. */
  async stop(): Promise<Exit> {
    if (this.ended) return this.ended;
    this.signal('SIGTERM');
    const force = setTimeout(() => this.signal('SIGKILL'), GRACE_MS);
    try {
      return await this.exited;
    } finally {
      clearTimeout(force);
    }
  }

  /** Ends it as a crash would. */
  async kill(): Promise<Exit> {
    this.signal('SIGKILL');
    return this.exited;
  }

  /** Freezes it: its sockets stay open and nothing answers. */
  freeze(): void {
    this.signal('SIGSTOP');
  }

  thaw(): void {
    this.signal('SIGCONT');
  }

  signal(signal: NodeJS.Signals): void {
    if (this.ended === undefined) this.child.kill(signal);
  }

  private async listening(waitMs = READY_WITHIN_MS): Promise<this> {
    const outcome = await this.readyOrExit(waitMs);
    if (outcome === 'ready') return this;
    if (outcome === 'late') await this.kill();
    throw new Error(`${this.name} did not listen within ${waitMs} ms:\n${this.output}`);
  }

  private async readyOrExit(waitMs: number): Promise<'ready' | 'exited' | 'late'> {
    let timer: NodeJS.Timeout | undefined;
    const ready = new Promise<'ready'>((resolveReady) => {
      this.child.stdout?.on('data', () => READY.test(this.output) && resolveReady('ready'));
    });
    const late = new Promise<'late'>((resolveLate) => {
      timer = setTimeout(() => resolveLate('late'), waitMs);
    });
    try {
      return await Promise.race([ready, late, this.exited.then(() => 'exited' as const)]);
    } finally {
      clearTimeout(timer);
    }
  }
}
