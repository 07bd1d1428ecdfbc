import { missingBankEngine, type BankEngine } from '../bank-database';
import type { Cleanup } from '../cleanup';
import { Accounts } from './accounts';
import type { StoreEngine } from '../store-engine';

/** Where the participants keep their accounts: on the coordinator's own engine, or on another one where that has no XA. */
const ENGINES: Readonly<Record<string, { readonly barrier: BankEngine; readonly xa: BankEngine }>> = {
  sqlite: { barrier: 'sqlite', xa: 'mariadb' },
  memory: { barrier: 'sqlite', xa: 'postgres' },
  mariadb: { barrier: 'mariadb', xa: 'mariadb' },
  postgres: { barrier: 'postgres', xa: 'postgres' },
};

/** @returns what keeps participants beside an engine from having a database with XA */
export function missingXa(engine: StoreEngine): string | undefined {
  return missingBankEngine(engineFor(engine, 'xa'));
}

/** @returns whether a database with XA is here for the participants beside an engine */
export function hasXa(engine: StoreEngine): boolean {
  return missingXa(engine) === undefined;
}

/** The participants' databases of all rows, made when they are asked for. */
export class Participants {
  private readonly opened = new Map<BankEngine, Promise<Accounts>>();

  constructor(private readonly cleanup: Cleanup) {}

  /** @param beside the coordinator's engine */
  accounts(beside: StoreEngine, purpose: 'barrier' | 'xa'): Promise<Accounts> {
    const engine = engineFor(beside, purpose);
    const accounts = this.opened.get(engine) ?? Accounts.open(this.cleanup, engine);
    this.opened.set(engine, accounts);
    return accounts;
  }
}

function engineFor({ name }: StoreEngine, purpose: 'barrier' | 'xa'): BankEngine {
  const engines = ENGINES[name];
  if (!engines) throw new Error(`no participants are meant to stand beside ${name}`);
  return engines[purpose];
}
