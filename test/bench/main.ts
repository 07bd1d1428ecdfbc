import { writeFile } from 'node:fs/promises';
import type { Cleanup } from '../support/cleanup';
import { runCommand } from '../support/command';
import { runBench } from './bench';
import { runIsolation } from './isolation/isolation';
import { isolationResult, isolationTable } from './isolation/result';
import { machine } from './machine';
import {
  parseOptions,
  UsageError,
  type BenchOptions,
  type Command,
  type IsolationOptions,
  type PlotOptions,
} from './options';
import { plot } from './plot/plot';
import { terminalProgress } from './progress';
import { laneResult, problemsOf, ratiosOf } from './result';
import { tableOf } from './table';

/*
 * npm run bench -- [--store=sqlite|mariadb|postgres] [--rounds=5] [--steps=2] [--json=FILE] and one of
 *   [--lanes=ours,floor] [--inflight=64] [--seconds=4] [--history=N]     lanes side by side
 *   --mode=saga|tcc|xa|msg|workflow                                      transactions of that type beside sagas
 *   --protocol=grpc                                                      sagas over gRPC beside those over HTTP
 *   --transport=tcp,redis,nats,amqp,mqtt,kafka                           sagas with branches behind those beside routes
 *   --isolation [--due=100000]                                           recovery beside a dead destination
 *   --plot [--seconds=4] [--history=1000000] [--out=docs/performance]    drawings
 */
function bench(cleanup: Cleanup): Promise<number> {
  const options = optionsOrNothing();
  switch (options?.command) {
    case undefined:
      return Promise.resolve(2);
    case 'compare':
      return compare(options, cleanup);
    case 'isolation':
      return isolate(options, cleanup);
    case 'plot':
      return draw(options, cleanup);
  }
}

async function compare(options: BenchOptions, cleanup: Cleanup): Promise<number> {
  const { engine, inflight, steps, seconds, rounds, history } = options;
  const shape = `sagas of ${steps} steps, ${inflight} under way, ${rounds} rounds of ${seconds} s`;
  console.log(`${engine.name}: ${shape} on ${machine()}`);
  const measured = await runBench(options, cleanup, terminalProgress);
  const lanes = measured.map(laneResult);
  const ratios = ratiosOf(measured);
  console.log(`\n${tableOf(measured, ratios)}`);
  await save(options, { store: engine.name, inflight, steps, seconds, rounds, history, lanes, ratios });
  return complain(problemsOf(measured));
}

async function isolate(options: IsolationOptions, cleanup: Cleanup): Promise<number> {
  const { engine, due, steps, rounds } = options;
  console.log(`${engine.name}: ${due} due sagas of ${steps} steps, ${rounds} rounds on ${machine()}`);
  const measured = await runIsolation(options, cleanup, terminalProgress);
  const result = isolationResult(measured);
  console.log(`\n${isolationTable(measured, result)}`);
  await save(options, { store: engine.name, due, steps, rounds, ...result });
  return 0;
}

async function draw(options: PlotOptions, cleanup: Cleanup): Promise<number> {
  console.log(`${options.engines.map(({ name }) => name).join(', ')} on ${machine()}`);
  const { files, charts, problems } = await plot(options, cleanup, terminalProgress);
  console.log(`\n${files.join('\n')}`);
  await save(options, charts);
  return complain(problems);
}

async function save({ json }: { readonly json: string | undefined }, result: object): Promise<void> {
  if (json !== undefined) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
}

function complain(problems: readonly string[]): number {
  if (problems.length > 0) console.error(`\nnot every saga was finished:\n  ${problems.join('\n  ')}`);
  return problems.length === 0 ? 0 : 1;
}

function optionsOrNothing(): Command | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`bench: ${error.message}`);
    return undefined;
  }
}

void runCommand(bench);
