import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/project-root';
import { mustRun, type Command } from '../support/run-tool';
import type { Sdk } from './sdks';

const CACHE = join(PROJECT_ROOT, 'node_modules/.cache/nestjs-dtx-interop');

/** A program whose packages cannot be fetched: the registry is missing, not the program wrong. */
export class FetchError extends Error {}

/**
 * Copies a program to a folder outside the sources, fetches its packages and builds it there, unless that was done before.
 *
 * @returns the folder
 * @throws FetchError when its packages cannot be had
 * @throws Error with the end of the output when it does not build
 */
export async function buildProgram(sdk: Sdk): Promise<string> {
  const sources = join(PROJECT_ROOT, 'test/interop', sdk.name);
  const folder = join(CACHE, sdk.name);
  const stamp = join(folder, '.built');
  const state = await stateOf(sources, sdk);
  if ((await readFile(stamp, 'utf8').catch(() => undefined)) === state) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(CACHE, { recursive: true });
  await cp(sources, folder, { recursive: true });
  await runAll(sdk.fetch, folder, sdk).catch((error: unknown) => {
    throw new FetchError(error instanceof Error ? error.message : String(error));
  });
  await runAll(sdk.build, folder, sdk);
  await writeFile(stamp, state);
  return folder;
}

async function runAll(commands: readonly Command[], folder: string, { env }: Sdk): Promise<void> {
  for (const command of commands) await mustRun(command, { cwd: folder, env });
}

/** Changes with every source and every command. */
async function stateOf(sources: string, sdk: Sdk): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([sdk.fetch, sdk.build, sdk.env]));
  const files = await readdir(sources, { recursive: true, withFileTypes: true });
  for (const path of files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .sort()) {
    hash.update(path).update(await readFile(path));
  }
  return hash.digest('hex');
}
