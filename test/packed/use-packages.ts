import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/project-root';
import { mustRun, runTool } from '../support/run-tool';
import type { Consumer } from './consumers';
import type { PackedLibrary } from './packages';
import { undeclaredImports } from './undeclared';

const RESULT = 'RESULT done=true refused=true overGrpc=true alice 40, bob 160';

/** Strict as a user may be, and libraries are checked as well. */
const COMPILER_OPTIONS = {
  module: 'nodenext',
  target: 'es2023',
  lib: ['es2023'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  skipLibCheck: false,
  strictPropertyInitialization: false,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  rootDir: 'src',
  outDir: 'dist',
};

/** Types of everything that is published are looked at, also of what the application does not use. */
const allTypes = (libraries: readonly PackedLibrary[]): string =>
  libraries.map(({ name }, index) => `export type * as library${index} from '${name}';\n`).join('');

/** Errors in other people's types are theirs. */
const OURS = /^(error |src\/|node_modules\/(@nestjs-dtx|nestjs-dtx)\/)/;

/**
 * Installs the packed libraries into a new application, compiles it and lets it transfer money.
 *
 * @param folder outside of the workspace, so that nothing of it is found by accident
 * @returns everything that is wrong
 */
export async function usePackages(
  consumer: Consumer,
  libraries: readonly PackedLibrary[],
  folder: string,
): Promise<string[]> {
  await writeApplication(consumer, libraries, folder);
  const place = { cwd: folder };
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--strict-peer-deps'];
  await mustRun({ program: 'npm', args: install }, place);
  const tree = await runTool({ program: 'npm', args: ['ls', '--all', '--silent'] }, place);
  const treeProblems = tree.code === 0 ? [] : [`npm ls finds something wrong:\n${tree.output.slice(-2000)}`];
  const undeclared = await Promise.all(
    libraries.map(({ name, files }) => undeclaredImports(join(folder, 'node_modules', name), files)),
  );
  return [...treeProblems, ...undeclared.flat(), ...(await compile(folder)), ...(await run(folder))];
}

async function writeApplication(
  { type, dependencies }: Consumer,
  libraries: readonly PackedLibrary[],
  folder: string,
): Promise<void> {
  const ours = Object.fromEntries(libraries.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const manifest = { name: 'consumer', private: true, type, dependencies: { ...dependencies, ...ours } };
  await mkdir(join(folder, 'src'), { recursive: true });
  await cp(join(PROJECT_ROOT, 'test/packed/app'), join(folder, 'src'), { recursive: true });
  await writeFile(join(folder, 'src/all-types.ts'), allTypes(libraries));
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['src'] }, null, 2),
  );
}

async function compile(folder: string): Promise<string[]> {
  const args = ['node_modules/typescript/bin/tsc', '--pretty', 'false'];
  const { output } = await runTool({ program: process.execPath, args }, { cwd: folder });
  return output.split('\n').filter((line) => OURS.test(line));
}

async function run(folder: string): Promise<string[]> {
  const { code, output } = await runTool({ program: process.execPath, args: ['dist/main.js'] }, { cwd: folder });
  if (code === 0 && output.split('\n').includes(RESULT)) return [];
  return [`the application does not print "${RESULT}" but ends with ${code}:\n${output.slice(-3000)}`];
}
