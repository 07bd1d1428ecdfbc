import { join } from 'node:path';
import type { Cleanup } from '../support/cleanup';
import { runCommand } from '../support/command';
import { temporaryFolder } from '../support/temporary-folder';
import { CONSUMERS } from './consumers';
import { contentProblems, packLibraries } from './packages';
import { usePackages } from './use-packages';

/** `npm run test:packed`: the libraries as they would be published, in new applications. Exits with 1 if anything is wrong. */
async function packed(cleanup: Cleanup): Promise<number> {
  const folder = await temporaryFolder(cleanup, 'packed');
  const libraries = await packLibraries(join(folder, 'tarballs'));
  let [passed, failed] = [0, 0];
  const report = (what: string, problems: readonly string[]): void => {
    if (problems.length === 0) passed += 1;
    else failed += 1;
    console.log(`${problems.length === 0 ? 'pass' : 'FAIL'}  ${what}`);
    for (const problem of problems) console.log(`        ${problem}`);
  };
  for (const library of libraries) report(`content of ${library.name}`, contentProblems(library));
  // One after the other: two installations at once are slower than that.
  for (const consumer of CONSUMERS) {
    const problems = await usePackages(consumer, libraries, join(folder, consumer.type)).catch(explained);
    report(`a transfer in a new application of ${consumer.name}`, problems);
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function explained(error: unknown): string[] {
  return [error instanceof Error ? error.message : String(error)];
}

void runCommand(packed);
