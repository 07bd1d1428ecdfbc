import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/project-root';
import { NOT_APPLICABLE_YET } from './not-applicable-yet';

/** What is read of the file that jest writes with `--json`. */
interface JestReport {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

type JestTest = JestReport['testResults'][number]['assertionResults'][number];

/** One row on one engine. */
interface Result {
  readonly id: string;
  readonly engine: string;
  readonly passed: boolean;
  readonly message: string;
}

const ID = /^([A-Z]+-\d+[a-z]?) /;

void main();

/** Runs the rows alone and prints one line per row. The last line is `N passed, N failed`. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-dtx-conformance-'));
  try {
    const file = join(folder, 'report.json');
    const output = await runJest(file);
    if (!existsSync(file)) throw new Error(`jest did not run:\n${output}`);
    process.exitCode = print(JSON.parse(readFileSync(file, 'utf8')) as JestReport);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Jest fails when a row does; whether it ran at all shows in the file. @returns what it printed */
function runJest(file: string): Promise<string> {
  const jest = join(PROJECT_ROOT, 'node_modules/jest/bin/jest.js');
  const args = [jest, 'test/conformance/conformance.spec.ts', '--json', `--outputFile=${file}`, '--ci'];
  const child = spawn(process.execPath, args, { cwd: PROJECT_ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

function print({ testResults }: JestReport): number {
  const results = testResults.flatMap(({ assertionResults }) => assertionResults.flatMap(resultOf));
  const engines = [...new Set(results.map(({ engine }) => engine))];
  const ids = [...new Set(results.map(({ id }) => id))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  for (const id of ids) {
    const cells = engines.map((engine) => {
      const result = results.find((other) => other.id === id && other.engine === engine);
      return `${engine} ${result === undefined ? 'n/a ' : result.passed ? 'pass' : 'FAIL'}`;
    });
    console.log(`${id.padEnd(9)} ${cells.join('   ')}`);
  }
  printNotApplicable();
  printSkipped(testResults);
  const failed = results.filter(({ passed }) => !passed);
  for (const { id, engine, message } of failed) console.log(`\n${id} on ${engine}:\n${message}`);
  if (results.length === 0) console.log(`no row ran:\n${testResults.map(({ message }) => message).join('\n')}`);
  console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 && results.length > 0 ? 0 : 1;
}

function resultOf(test: JestTest): Result[] {
  const id = ID.exec(test.title)?.[1];
  if (id === undefined) return [];
  const passed = test.status === 'passed';
  return [{ id, engine: test.ancestorTitles[0] ?? '', passed, message: (test.failureMessages ?? []).join('\n') }];
}

function printNotApplicable(): void {
  console.log('\nnot applicable yet');
  for (const { ids, reason } of NOT_APPLICABLE_YET) console.log(`  ${reason}: ${ids.join(' ')}`);
  console.log('');
}

/** Engines that are not here, each with the command that provides it. */
function printSkipped(testResults: JestReport['testResults']): void {
  const skipped = testResults.flatMap(({ assertionResults }) => assertionResults.filter(isSkipped));
  for (const { title } of skipped) console.log(`SKIPPED: ${title}`);
  if (skipped.length > 0) console.log('');
}

function isSkipped({ status }: JestTest): boolean {
  return status === 'pending';
}
