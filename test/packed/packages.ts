import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/project-root';
import { mustRun } from '../support/run-tool';

/** A library, packed as it would be published. */
export interface PackedLibrary {
  readonly name: string;
  /** Path of the tarball. */
  readonly tarball: string;
  /** Paths inside of it. */
  readonly files: readonly string[];
}

/** What `npm pack --json` prints of each package. */
interface PackReport {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

const PUBLISHED = /^(dist\/.+\.(js|d\.ts)|README\.md|LICENSE|package\.json)$/;
const ONLY_FOR_TESTS = /\.(spec|spec-helper)\./;

/** Builds all libraries from nothing and packs them into a folder. */
export async function packLibraries(folder: string): Promise<PackedLibrary[]> {
  const names = await readdir(join(PROJECT_ROOT, 'libs'));
  for (const name of names) await rm(join(PROJECT_ROOT, 'libs', name, 'dist'), { recursive: true, force: true });
  const compiler = join(PROJECT_ROOT, 'node_modules/typescript/bin/tsc');
  await mustRun({ program: process.execPath, args: [compiler, '-b', 'tsconfig.libs.json'] }, { cwd: PROJECT_ROOT });
  await mkdir(folder, { recursive: true });
  const places = names.map((name) => `./libs/${name}`);
  const args = ['pack', '--json', '--silent', '--ignore-scripts', `--pack-destination=${folder}`, ...places];
  const output = await mustRun({ program: 'npm', args }, { cwd: PROJECT_ROOT });
  return reportsIn(output).map(({ name, filename, files }) => ({
    name,
    tarball: join(folder, filename),
    files: files.map(({ path }) => path),
  }));
}

/** @returns what is packed and must not be, and what must be and is not */
export function contentProblems({ name, files }: PackedLibrary): string[] {
  const strange = files.filter((path) => !PUBLISHED.test(path) || ONLY_FOR_TESTS.test(path));
  const missing = ['dist/index.js', 'dist/index.d.ts', 'README.md', 'LICENSE'].filter((path) => !files.includes(path));
  return [...strange.map((path) => `${name} packs ${path}`), ...missing.map((path) => `${name} does not pack ${path}`)];
}

/** npm's own warnings may stand around its answer. */
function reportsIn(output: string): PackReport[] {
  const [from, to] = [output.indexOf('[\n'), output.lastIndexOf(']')];
  if (from === -1) throw new Error(`npm pack told of nothing:\n${output}`);
  return JSON.parse(output.slice(from, to + 1)) as PackReport[];
}
