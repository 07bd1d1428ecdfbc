import { parseArgs } from 'node:util';
import { STORE_ENGINES, type StoreEngine } from '../support/store-engine';
import { LANES, type Lane } from './lanes';

/** What to measure, and how long. */
export interface BenchOptions {
  readonly engine: StoreEngine;
  readonly lanes: readonly Lane[];
  /** Sagas under way at any time. */
  readonly inflight: number;
  /** Branches of a saga. */
  readonly steps: number;
  /** Length of one measurement. Seconds. */
  readonly seconds: number;
  /** Measurements of each lane; their median counts. */
  readonly rounds: number;
  /** File that takes the result as JSON. */
  readonly json: string | undefined;
}

/** A command line that makes no sense. Its message is all that the caller needs. */
export class UsageError extends Error {}

const OPTIONS = {
  store: { type: 'string', default: 'sqlite' },
  lanes: { type: 'string', default: LANES.map(({ name }) => name).join(',') },
  inflight: { type: 'string', default: '64' },
  steps: { type: 'string', default: '2' },
  seconds: { type: 'string', default: '4' },
  rounds: { type: 'string', default: '5' },
  json: { type: 'string' },
} as const;

/** @throws UsageError naming the option at fault and what it may be */
export function parseOptions(args: readonly string[]): BenchOptions {
  const values = parsed(args);
  return {
    engine: chosen('store', STORE_ENGINES, values.store),
    lanes: values.lanes.split(',').map((name) => chosen('lanes', LANES, name)),
    inflight: wholeNumber('inflight', values.inflight, 10_000),
    steps: wholeNumber('steps', values.steps, 100),
    seconds: wholeNumber('seconds', values.seconds, 3600),
    rounds: wholeNumber('rounds', values.rounds, 1000),
    json: values.json,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    const known = Object.keys(OPTIONS).map((name) => `--${name}=…`);
    throw new UsageError(`${(error as Error).message} (there are ${known.join(' ')})`);
  }
}

function chosen<T extends { readonly name: string }>(option: string, among: readonly T[], name: string): T {
  const found = among.find((candidate) => candidate.name === name);
  if (found) return found;
  throw new UsageError(`--${option}=${name}: must be of ${among.map((candidate) => candidate.name).join(', ')}`);
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new UsageError(`--${option}=${text}: must be a whole number from 1 to ${most}`);
}
