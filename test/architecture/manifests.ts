import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/project-root';
import type { ImportGraph } from './import-graph';

type Versions = Readonly<Record<string, string>>;

/** The parts of a package.json that say what a package needs. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Versions;
  readonly peerDependencies?: Versions;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** What TypeORM loads by its name, as the options of a connection say. */
const LOADED_BY_NAME: Readonly<Record<string, readonly string[]>> = { 'libs/coordinator': ['mysql2', 'pg'] };

const SPEC = /\.(spec|spec-helper)\.ts$/;

/** Folders of the published libraries. */
export const LIBRARIES: readonly string[] = readdirSync(join(PROJECT_ROOT, 'libs')).map((name) => `libs/${name}`);

/** @param folder below the root of the workspace */
export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(PROJECT_ROOT, folder, 'package.json'), 'utf8')) as Manifest;
}

/** @returns names and ranges of all that a package declares, sorted. */
export function declared({ dependencies, peerDependencies }: Manifest): Versions {
  return { ...dependencies, ...peerDependencies };
}

/**
 * What the manifest of a library has to declare: the packages that its sources import, and what those ask to have beside
 * them (`@nestjs/core` needs rxjs, whether we import it or not).
 */
export function required(folder: string, graph: ImportGraph): string[] {
  const needed = new Set([...importedPackages(folder, graph), ...(LOADED_BY_NAME[folder] ?? [])]);
  for (const name of needed) for (const peer of requiredPeers(name)) needed.add(peer);
  return [...needed].sort();
}

function importedPackages(folder: string, { modules }: ImportGraph): string[] {
  return modules
    .filter(({ source }) => source.startsWith(`${folder}/src/`) && !SPEC.test(source))
    .flatMap(({ source, dependencies }) => [
      ...dependencies.filter(({ module, coreModule }) => !coreModule && !module.startsWith('.')).map(packageOf),
      ...(usesJestGlobals(source) ? ['jest'] : []),
    ]);
}

/** `@scope/name/deep` → `@scope/name`. */
function packageOf({ module }: { readonly module: string }): string {
  return module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Shared suites are published sources that only run inside jest. */
function usesJestGlobals(source: string): boolean {
  return /\b(describe|it)\(['"`]/.test(readFileSync(join(PROJECT_ROOT, source), 'utf8'));
}

function requiredPeers(name: string): string[] {
  const folder = join('node_modules', name);
  // Libraries of this workspace are not installed; what they need comes with them.
  if (!existsSync(join(PROJECT_ROOT, folder))) return [];
  const { peerDependencies = {}, peerDependenciesMeta = {} } = manifestOf(folder);
  // Types of Node are for whoever compiles with it, and that is told by nobody's manifest.
  return Object.keys(peerDependencies).filter(
    (peer) => !peerDependenciesMeta[peer]?.optional && peer !== '@types/node',
  );
}
