import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of the workspace. Searched upwards, as this file runs from its source and compiled below `dist`. */
export const PROJECT_ROOT = findRoot(__dirname);

function findRoot(from: string): string {
  if (existsSync(join(from, 'nest-cli.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no nest-cli.json above ${__dirname}`);
  return findRoot(parent);
}
