import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Cleanup } from '../support/cleanup';
import { PROJECT_ROOT } from '../support/project-root';
import { temporaryFolder } from '../support/temporary-folder';
import { importGraph, violationsOf, type ImportGraph } from './import-graph';
import { declared, LIBRARIES, manifestOf, required } from './manifests';

describe('the imports of this project', () => {
  let graph: ImportGraph;

  beforeAll(async () => {
    graph = await importGraph(PROJECT_ROOT);
  });

  it('are all seen', () => {
    const sources = graph.modules.map(({ source }) => source);
    expect(sources).toEqual(expect.arrayContaining(['libs/engine/src/saga/decide.ts', 'apps/coordinator/src/main.ts']));
    expect(sources).toContain('test/architecture/imports.spec.ts');
  });

  it('keep all rules', () => expect(violationsOf(graph)).toEqual([]));

  describe.each(LIBRARIES)('of %s', (folder) => {
    it('are declared in its package.json, and nothing else is', () => {
      expect(Object.keys(declared(manifestOf(folder))).toSorted()).toEqual(required(folder, graph));
    });

    it('name the libraries beside it with the version that they have', () => {
      const versions = new Map(LIBRARIES.map(manifestOf).map(({ name, version }) => [name, version]));
      const wrong = Object.entries(declared(manifestOf(folder))).filter(
        ([name, range]) => versions.has(name) && versions.get(name) !== range,
      );
      expect(wrong).toEqual([]);
    });
  });
});

/** One file for each rule that breaks it, and the rule. */
const BREACHES: readonly (readonly [file: string, content: string, rule: string])[] = [
  ['libs/protocol/src/a.ts', "import '@nestjs-dtx/engine';", 'libs/protocol: other projects'],
  ['libs/protocol/src/b.ts', "import 'undici';", 'libs/protocol: packages'],
  ['libs/protocol/src/c.ts', "import 'node:fs';", 'libs/protocol: modules of Node'],
  ['libs/engine/src/a.ts', "import type {} from '@nestjs-dtx/coordinator';", 'libs/engine: other projects'],
  ['libs/engine/src/b.ts', "import type {} from '@nestjs/common';", 'libs/engine: packages'],
  ['libs/engine/src/c.ts', "import 'node:crypto';", 'libs/engine: modules of Node'],
  ['libs/client/src/a.ts', "import 'typeorm';", 'libs/client: packages'],
  ['libs/client/src/b.ts', "export const later = () => import('@nestjs/core');", 'libs/client: packages'],
  ['libs/client/src/e.ts', "import '@nestjs/schedule'; import '@photostructure/sqlite';", 'libs/client: packages'],
  ['libs/client/src/c.spec.ts', "import '@nestjs-dtx/engine';", 'libs/client: other projects in specs'],
  ['libs/coordinator/src/a.ts', "import 'nestjs-dtx';", 'libs/coordinator: other projects'],
  ['libs/coordinator/src/b.ts', "import '../../engine/src';", 'no-relative-import-of-project'],
  ['libs/coordinator/src/c.ts', "import '../../engine/src/deep';", 'no-deep-import'],
  ['libs/coordinator/src/d.ts', "import './index';", 'no-own-index'],
  ['libs/coordinator/src/e.ts', "import '@nestjs-dtx/coordinator';", 'no-own-index'],
  ['libs/coordinator/src/f.ts', "import './e.spec-helper';", 'no-spec-in-sources'],
  ['libs/coordinator/src/g.ts', "import type {} from './h';", 'no-cycle'],
  ['libs/coordinator/src/i.ts', "import '@nestjs-dtx/engine/src/deep';", 'no-unresolvable'],
  ['libs/nestjs-dtx/src/a.ts', "import '@nestjs-dtx/coordinator';", 'libs/nestjs-dtx: other projects'],
  ['apps/bank/src/a.ts', "import '@nestjs-dtx/coordinator';", 'apps/bank: other projects'],
  ['apps/bank/src/b.ts', "import '../../coordinator/src/a';", 'no-deep-import'],
  ['apps/coordinator/src/a.ts', "import 'typeorm';", 'apps/coordinator: packages'],
  ['test/a.ts', "import '../apps/coordinator/src/a';", 'no-app-in-tests'],
  ['test/b.ts', "import '../libs/engine/src/deep';", 'no-deep-import'],
];

/** Imports that look alike and are allowed. */
const ALLOWED: readonly (readonly [file: string, content: string])[] = [
  ['libs/coordinator/src/h.ts', "import type {} from './g';"],
  ['libs/engine/src/deep.ts', "import '@nestjs-dtx/protocol';"],
  ['libs/protocol/src/d.ts', "import 'node:crypto';"],
  ['libs/protocol/src/d.spec.ts', "import 'fast-check'; import '@nestjs-dtx/testing';"],
  ['libs/client/src/d.spec.ts', "import 'typeorm'; import 'node:fs';"],
  ['libs/coordinator/src/e.spec-helper.ts', "import '@nestjs-dtx/testing';"],
  ['apps/bank/src/d.ts', "import 'nestjs-dtx'; import '@nestjs/common';"],
  ['test/d.ts', "import '@nestjs-dtx/testing'; import '@nestjs-dtx/engine';"],
];

describe('the rules', () => {
  const cleanup = new Cleanup();
  afterAll(() => cleanup.run());

  it('find every breach and nothing else', async () => {
    const root = await temporaryFolder(cleanup, 'architecture');
    await symlink(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'));
    await cp(join(PROJECT_ROOT, 'tsconfig.json'), join(root, 'tsconfig.json'));
    for (const folder of LIBRARIES) await write(root, `${folder}/src/index.ts`, 'export {};');
    for (const [file, content] of [...BREACHES, ...ALLOWED]) await write(root, file, content);

    const { summary } = await importGraph(root);
    const found = new Set(summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`));
    const expected = BREACHES.map(([file, , rule]) => `${file}: ${rule}`);
    expect(expected.filter((breach) => !found.has(breach))).toEqual([]);
    const guilty = new Set(BREACHES.map(([file]) => file));
    expect([...found].filter((breach) => !guilty.has(breach.split(':')[0] ?? ''))).toEqual([]);
  });
});

async function write(root: string, file: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), content);
}
