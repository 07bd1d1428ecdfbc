import { tmpdir } from 'node:os';
import { runTool } from '../support/run-tool';
import type { Tool } from './sdks';

/** @returns what keeps the tools from being used, with the version that is wanted; `undefined` when nothing does */
export async function missingTool(tools: readonly Tool[]): Promise<string | undefined> {
  for (const tool of tools) {
    const problem = await problemOf(tool);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

async function problemOf(tool: Tool): Promise<string | undefined> {
  const wanted = `${tool.program} ${tool.atLeast} or later is wanted on PATH`;
  const { code, output } = await runTool(tool, { cwd: tmpdir() });
  if (code !== 0) return `${wanted}, and \`${tool.program} ${tool.args.join(' ')}\` does not run`;
  const found = tool.version.exec(output)?.[1];
  if (found === undefined) return `${wanted}, and its version cannot be found in ${JSON.stringify(output)}`;
  return isAtLeast(found, tool.atLeast) ? undefined : `${wanted}, and it is ${found}`;
}

/** @param version numbers with dots. @returns whether it is the same as or later than the other one */
export function isAtLeast(version: string, other: string): boolean {
  const [own, theirs] = [version, other].map((text) => text.split('.').map(Number)) as [number[], number[]];
  const index = theirs.findIndex((number, place) => (own[place] ?? 0) !== number);
  return index === -1 || (own[index] ?? 0) > (theirs[index] ?? 0);
}
