import { spawn } from 'node:child_process';
import type { Command } from './sdks';

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
