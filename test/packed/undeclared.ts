import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*)(['"])([\w@./:-]+)\1/g;
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** @returns packages that compiled code or its types import, without modules of Node; sorted */
export function importedPackages(text: string): string[] {
  const found = [...text.replaceAll(COMMENT, '').matchAll(IMPORT)].map(([, , module]) => module!);
  const packages = found.filter((module) => !module.startsWith('.') && !isBuiltin(module)).map(packageOf);
  return [...new Set(packages)].sort();
}

/**
 * Code that is compiled may import more than its sources do: types that the compiler has worked out.
 *
 * @param folder of the package as installed. @returns imports that its manifest does not declare
 */
export async function undeclaredImports(folder: string, files: readonly string[]): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
  const problems: string[] = [];
  for (const path of files.filter((file) => file.startsWith('dist/'))) {
    const imported = importedPackages(await readFile(join(folder, path), 'utf8'));
    const undeclared = imported.filter((name) => !declared.has(name));
    problems.push(...undeclared.map((name) => `${manifest.name}/${path} imports ${name}, which is not declared`));
  }
  return problems;
}

/** `@scope/name/deep` → `@scope/name`. */
function packageOf(module: string): string {
  return module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');
}
