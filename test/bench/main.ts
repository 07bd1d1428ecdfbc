import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import type { Cleanup } from '../support/cleanup';
import { runCommand } from '../support/command';
import { runBench } from './bench';
import { parseOptions, UsageError, type BenchOptions } from './options';
import { laneResult, problemsOf, ratiosOf } from './result';
import { tableOf } from './table';

/** `npm run bench -- --store=sqlite [--lanes=ours,floor] [--inflight=64] [--steps=2] [--seconds=4] [--rounds=5] [--json=FILE]` */
async function bench(cleanup: Cleanup): Promise<number> {
  const options = optionsOrNothing();
  if (!options) return 2;
  console.log(titleOf(options));
  const measured = await runBench(options, cleanup, progress);
  const lanes = measured.map(laneResult);
  const ratios = ratiosOf(lanes);
  console.log(`\n${tableOf(measured, ratios)}`);
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify(report(options, { lanes, ratios }), null, 2)}\n`);
  const problems = problemsOf(measured);
  if (problems.length > 0) console.error(`\nnot every saga was finished:\n  ${problems.join('\n  ')}`);
  return problems.length === 0 ? 0 : 1;
}

function optionsOrNothing(): BenchOptions | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`bench: ${error.message}`);
    return undefined;
  }
}

function titleOf({ engine, inflight, steps, seconds, rounds }: BenchOptions): string {
  const machine = `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`;
  return `${engine.name}: sagas of ${steps} steps, ${inflight} under way, ${rounds} rounds of ${seconds} s on ${machine}`;
}

function report({ engine, inflight, steps, seconds, rounds }: BenchOptions, result: object): object {
  return { store: engine.name, inflight, steps, seconds, rounds, ...result };
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}

void runCommand(bench);
