import { OUTCOME_TEXTS } from './cases';
import { casesOf, ROWS, type Row } from './catalogue';
import type { SdkResult } from './run-sdk';

const BEGIN = '<!-- written by `npm run test:interop -- --write-docs` -->';
const END = '<!-- end -->';

/** Prints a line for each mode of each SDK; the last one is `N passed, N failed`. @returns how many failed */
export function printReport(results: readonly SdkResult[], isComplete: boolean): number {
  let [passed, failed] = [0, 0];
  for (const { sdk, missing, cases } of results) {
    if (missing !== undefined) {
      if (isComplete) failed += 1;
      console.log(`${isComplete ? 'FAIL' : 'SKIPPED'}: ${sdk.language}: ${missing}`);
    }
    for (const { case: one, problems } of cases) {
      const ok = problems.length === 0;
      if (ok) passed += 1;
      else failed += 1;
      const name = [sdk.language.padEnd(7), one.protocol.padEnd(5), one.mode.padEnd(9), OUTCOME_TEXTS[one.outcome]];
      console.log(`${ok ? 'pass' : 'FAIL'}  ${name.join(' ')}`);
      for (const problem of problems) console.log(`        ${problem}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed;
}

/** @returns the document with the table of what a complete run proves. @throws Error when it has no place for the table */
export function withTable(document: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`no "${BEGIN}" and "${END}" in the document`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${table()}\n\n${document.slice(end)}`;
}

/** In columns of equal width, as the project's formatter wants it. */
function table(): string {
  const lines = [['SDK', 'version', 'protocol', 'mode', 'proven'], ...ROWS.map(cellsOf)];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const [head, ...body] = lines.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`,
  );
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n');
}

function cellsOf(row: Row): string[] {
  const { language, packageName, version } = row.sdk;
  const outcomes = casesOf(row).map(({ outcome }) => OUTCOME_TEXTS[outcome]);
  return [`${language}, \`${packageName}\``, version, row.protocol, row.mode, outcomes.join(', ')];
}
