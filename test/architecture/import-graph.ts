import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '../support/project-root';

/** One import of a file, as dependency-cruiser reports it. */
export interface Import {
  /** The name as it stands in the source. */
  readonly module: string;
  /** File that it leads to. */
  readonly resolved: string;
  readonly coreModule: boolean;
}

/** A rule of `.dependency-cruiser.cjs` that an import breaks. */
export interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

export interface ImportGraph {
  readonly modules: readonly { readonly source: string; readonly dependencies: readonly Import[] }[];
  readonly summary: { readonly violations: readonly Violation[] };
}

const CRUISER = join(PROJECT_ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const RULES = join(PROJECT_ROOT, '.dependency-cruiser.cjs');

/**
 * Reads all imports below `libs`, `apps` and `test` and holds the rules of the project against them.
 *
 * @param root folder of a workspace: this one, or a small one made to break the rules
 */
export async function importGraph(root: string): Promise<ImportGraph> {
  const run = promisify(execFile);
  const options = ['--config', RULES, '--output-type', 'json', 'libs', 'apps', 'test'];
  const { stdout } = await run(process.execPath, [CRUISER, ...options], { cwd: root, maxBuffer: 2 ** 28 });
  return JSON.parse(stdout) as ImportGraph;
}

/** @returns violations as `libs/a/x.ts → libs/b/y.ts: rule`, sorted. */
export function violationsOf(graph: ImportGraph): string[] {
  return graph.summary.violations.map(({ from, to, rule }) => `${from} → ${to}: ${rule.name}`).sort();
}
