import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '@nestjs-dtx/testing';

const ROOT = join(__dirname, '../../../../../..');
/** Where the build of the app puts this folder: a child process runs compiled code. */
const BUILT = join(ROOT, 'dist/apps/coordinator/libs/coordinator/src/stores/typeorm/sqlite');

/** Those that run: a test that fails must not leave them behind. */
const running = new Set<BuiltStoreProcess>();

/** Another process that works on a data folder through the compiled store. */
export class BuiltStoreProcess {
  /** What it printed, line by line. */
  readonly lines: string[] = [];
  private readonly exited: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.exited = once(child, 'exit');
    running.add(this);
    createInterface({ input: child.stdout! }).on('line', (line) => this.lines.push(line));
  }

  /**
   * @param script run as the body of an async function, with `require` and `built` (the folder of the compiled store)
   * @param directory data folder, which the script finds as `directory`
   */
  static start(script: string, directory: string): BuiltStoreProcess {
    if (!existsSync(BUILT)) throw new Error(`${BUILT} does not exist: run \`npm run build:coordinator\` first`);
    const values = `const built = ${JSON.stringify(BUILT)}; const directory = ${JSON.stringify(directory)};`;
    const body = `${values}(async () => {${script}})().catch((error) => { console.log(error.code); process.exit(1); });`;
    return new BuiltStoreProcess(
      spawn(process.execPath, ['-e', body], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] }),
    );
  }

  /** Ends all of them: call it after each test. */
  static async killAll(): Promise<void> {
    await Promise.all([...running].map((process) => process.kill()));
  }

  /** Waits until it has printed so many lines. */
  async printed(count: number): Promise<void> {
    await until(() => this.lines.length >= count);
  }

  /** Waits for its end. */
  async end(): Promise<void> {
    await this.exited;
    running.delete(this);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.end();
  }
}
