import { parseArgs } from 'node:util';
import { TRANS_TYPES } from '@nestjs-dtx/protocol';
import { WIRES } from '../transports/wire';
import { grpcLane, LANES, modeLane, transportLane, type Lane } from './lanes';
import { BENCH_ENGINES, type BenchEngine } from './store/bench-engine';

/** What all measurements are told. */
export interface MeasureOptions {
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

/** Lanes side by side on one engine. */
export interface BenchOptions extends MeasureOptions {
  readonly engine: BenchEngine;
  readonly lanes: readonly Lane[];
  /** Finished transactions in the tables of the lane `history`. */
  readonly history: number;
}

/** Recovery with and without a dead destination. */
export interface IsolationOptions extends MeasureOptions {
  readonly engine: BenchEngine;
  /** Transactions that are due at the start. */
  readonly due: number;
}

/** Curves over the load and over the history. */
export interface PlotOptions extends MeasureOptions {
  readonly engines: readonly BenchEngine[];
  /** The longest history; shorter ones are drawn too. */
  readonly history: number;
  /** Folder that takes the drawings. */
  readonly out: string;
}

/** What the command line asks for. */
export type Command =
  | ({ readonly command: 'compare' } & BenchOptions)
  | ({ readonly command: 'isolation' } & IsolationOptions)
  | ({ readonly command: 'plot' } & PlotOptions);

/** A command line that makes no sense. Its message is all that the caller needs. */
export class UsageError extends Error {}

/** Nobody waits for more; a typo should be noticed. */
const MOST_ROWS = 100_000_000;

const OPTIONS = {
  store: { type: 'string' },
  lanes: { type: 'string' },
  mode: { type: 'string' },
  protocol: { type: 'string' },
  transport: { type: 'string' },
  inflight: { type: 'string', default: '64' },
  steps: { type: 'string', default: '2' },
  seconds: { type: 'string', default: '4' },
  rounds: { type: 'string', default: '5' },
  history: { type: 'string' },
  isolation: { type: 'boolean', default: false },
  due: { type: 'string', default: '100000' },
  plot: { type: 'boolean', default: false },
  out: { type: 'string', default: 'docs/performance' },
  json: { type: 'string' },
} as const;

type Values = ReturnType<typeof parsed>;

/** @throws UsageError naming the option at fault and what it may be */
export function parseOptions(args: readonly string[]): Command {
  const values = parsed(args);
  const measure: MeasureOptions = {
    inflight: wholeNumber('inflight', values.inflight, 10_000),
    steps: wholeNumber('steps', values.steps, 100),
    seconds: wholeNumber('seconds', values.seconds, 3600),
    rounds: wholeNumber('rounds', values.rounds, 1000),
    json: values.json,
  };
  if (values.plot && values.isolation) throw new UsageError('--plot and --isolation: one at a time');
  if (values.plot) return { command: 'plot', ...measure, ...plotOptions(values) };
  const engine = chosen('store', BENCH_ENGINES, values.store ?? 'sqlite');
  if (values.isolation) {
    return { command: 'isolation', ...measure, engine, due: wholeNumber('due', values.due, MOST_ROWS) };
  }
  const history = values.history === undefined ? 0 : wholeNumber('history', values.history, MOST_ROWS);
  return { command: 'compare', ...measure, engine, history, lanes: lanesOf(values, history) };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    const known = Object.entries(OPTIONS).map(([name, { type }]) => (type === 'boolean' ? `--${name}` : `--${name}=…`));
    throw new UsageError(`${(error as Error).message} (there are ${known.join(' ')})`);
  }
}

function plotOptions({ store, history = '1000000', out }: Values): Omit<PlotOptions, keyof MeasureOptions> {
  const engines = store?.split(',').map((name) => chosen('store', BENCH_ENGINES, name)) ?? BENCH_ENGINES;
  return { engines, out, history: wholeNumber('history', history, MOST_ROWS) };
}

/** Lanes that run on the process of another one, or at its pace. */
const NEEDED: readonly (readonly [lane: string, needed: string])[] = [
  ['half', 'ours'],
  ['floor_half', 'floor'],
  ['floor_half', 'ours'],
];

/** Lanes that are run where none is asked for. */
function isUsual(name: string, history: number): boolean {
  return name === 'history' ? history > 0 : name !== 'floor_half';
}

/** In the order of {@link LANES}, whatever the order given: some lanes use one before them. */
function lanesOf({ lanes, mode, protocol, transport }: Values, history: number): Lane[] {
  const isBeside = [mode, protocol, transport].some((option) => option !== undefined);
  const names = lanes?.split(',') ?? (isBeside ? ['ours'] : undefined);
  for (const name of names ?? []) chosen('lanes', LANES, name);
  const has = (name: string): boolean => names?.includes(name) ?? isUsual(name, history);
  for (const [lane, needed] of NEEDED) {
    if (has(lane) && !has(needed)) throw new UsageError(`--lanes=${lanes}: ${lane} needs ${needed}`);
  }
  if (has('history') && history === 0) throw new UsageError(`--lanes=${lanes}: history needs --history=N`);
  const others = LANES.filter(({ name }) => has(name));
  const besides = [...protocolLanes(protocol), ...transportLanes(transport), ...modeLanes(mode)];
  if (besides.length > 0 && !has('ours')) throw new UsageError(`--lanes=${lanes}: ${besides[0]!.name} needs ours`);
  return [...others, ...besides];
}

/** Transactions of another type stand beside sagas. */
function modeLanes(mode: string | undefined): Lane[] {
  if (mode === undefined) return [];
  const transType = TRANS_TYPES.find((known) => known === mode);
  if (!transType) throw new UsageError(`--mode=${mode}: must be of ${TRANS_TYPES.join(', ')}`);
  return [modeLane(transType)];
}

/** Sagas over another protocol stand beside those over HTTP. */
function protocolLanes(protocol: string | undefined): Lane[] {
  if (protocol === undefined || protocol === 'http') return [];
  if (protocol !== 'grpc') throw new UsageError(`--protocol=${protocol}: must be of http, grpc`);
  return [grpcLane];
}

/** Sagas with branches behind transports of Nest stand beside those whose branches are routes. */
function transportLanes(transport: string | undefined): Lane[] {
  const all = Object.values(WIRES);
  const wires = transport?.split(',').map((name) => chosen('transport', all, name)) ?? [];
  return all.filter((wire) => wires.includes(wire)).map(transportLane);
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
