import { spawn } from 'node:child_process';

/** A command line. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** How a tool ended. */
export interface ToolResult {
  /** `undefined` when it could not be started. */
  readonly code: number | undefined;
  /** Both streams. */
  readonly output: string;
}

/** Where a tool runs. */
export interface ToolPlace {
  readonly cwd: string;
  /** Beside our own environment, which holds the settings of package managers. */
  readonly env?: Readonly<Record<string, string>>;
}

const OUTPUT_CHARACTERS = 3000;

/** Runs a tool to its end. Never rejects: that it is not there is an answer as well. */
export function runTool({ program, args }: Command, { cwd, env }: ToolPlace): Promise<ToolResult> {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: undefined, output: String(error) }));
    child.once('close', (code) => resolve({ code: code ?? undefined, output }));
  });
}

/** @throws Error with the end of what it printed, unless it ends with 0. @returns what it printed */
export async function mustRun(command: Command, place: ToolPlace): Promise<string> {
  const { code, output } = await runTool(command, place);
  if (code === 0) return output;
  throw new Error(`${command.program} ${command.args.join(' ')} failed:\n${output.slice(-OUTPUT_CHARACTERS)}`);
}
