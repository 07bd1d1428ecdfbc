import { parseArgs } from 'node:util';
import { BANK_ENGINES, type BankEngine } from '../support/bank-database';
import { TRANSFER_MODES, type TransferMode } from './modes';

/** What the command line asks for. */
export interface DemoOptions {
  /** In the order in which they are shown. */
  readonly modes: readonly TransferMode[];
  /** What coordinator and banks keep their data in. */
  readonly store: BankEngine;
}

/** A command line that makes no sense. Its message is all that the caller needs. */
export class UsageError extends Error {}

const OPTIONS = {
  mode: { type: 'string', default: 'saga' },
  store: { type: 'string', default: 'sqlite' },
} as const;

/** @throws UsageError naming the option at fault and what it may be */
export function parseOptions(args: readonly string[]): DemoOptions {
  const { mode, store } = parsed(args);
  const engine = chosen('store', BANK_ENGINES, store);
  if (mode === 'all') return { store: engine, modes: TRANSFER_MODES.filter((each) => isPossible(each, engine)) };
  const only = chosen('mode', TRANSFER_MODES, mode, ['all']);
  if (!isPossible(only, engine)) {
    throw new UsageError(`--mode=${mode} --store=${store}: SQLite has no XA transactions; use mariadb or postgres`);
  }
  return { store: engine, modes: [only] };
}

function isPossible(mode: TransferMode, store: BankEngine): boolean {
  return mode !== 'xa' || store !== 'sqlite';
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message} (there are --mode=… --store=…)`);
  }
}

function chosen<T extends string>(option: string, among: readonly T[], name: string, further: string[] = []): T {
  const found = among.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  throw new UsageError(`--${option}=${name}: must be of ${[...among, ...further].join(', ')}`);
}
