import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { ServerCommand } from './server-kind';

/** What becomes of a server when we are gone without having ended it. */
export interface Legacy {
  readonly signal: NodeJS.Signals;
  /** Removed with it. */
  readonly folder: string;
}

/**
 * Waits until its input ends, which happens however our process ends, then ends the server and removes its folder. A shell, as
 * it must do so after SIGKILL as well, and on every Unix.
 */
const WATCH = [
  'cat > /dev/null',
  'kill -s "$2" "$1"',
  'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 "$1" || break; sleep 0.1; done',
  'kill -s KILL "$1"',
  'rm -rf "$3"',
].join('\n');

/** A server of somebody else's make in a process of its own, which does not outlive ours. */
export class ServerChild {
  /** Settles when the process is gone; rejects when it could not be started. */
  readonly exited: Promise<unknown>;
  private ended = false;

  /** @param log file that takes what it prints */
  constructor(command: ServerCommand, log: string, legacy?: Legacy) {
    const output = openSync(log, 'a');
    // A process group of its own: Ctrl-C must reach us first, as our clean-up stops servers after their clients.
    const child = spawn(command.program, command.args, {
      ...command.user,
      detached: true,
      stdio: ['ignore', output, output],
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    });
    closeSync(output);
    this.child = child;
    this.exited = once(child, 'exit').finally(() => (this.ended = true));
    this.exited.catch(() => {});
    if (legacy && child.pid !== undefined) this.watch(child.pid, legacy);
  }

  private readonly child: ChildProcess;

  /** `undefined` when it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  get alive(): boolean {
    return !this.ended;
  }

  /** @returns the exit code; `null` after a signal */
  async code(): Promise<number | null> {
    await this.exited;
    return this.child.exitCode;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.alive) this.child.kill(signal);
    await this.exited;
  }

  private watch(pid: number, { signal, folder }: Legacy): void {
    const name = signal.replace('SIG', '');
    const watchdog = spawn('sh', ['-c', WATCH, 'watchdog', String(pid), name, folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    watchdog.unref();
    // Once the server is gone its number may be another process's.
    void this.exited.finally(() => watchdog.kill('SIGKILL')).catch(() => {});
  }
}
