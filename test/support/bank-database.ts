import { join } from 'node:path';
import type { Cleanup } from './cleanup';
import { freshDatabase, missingServer, type ServerName } from './servers';
import { temporaryFolder } from './temporary-folder';

/** Engines that a bank can keep its accounts in. */
export const BANK_ENGINES = ['sqlite', 'mariadb', 'postgres'] as const;
export type BankEngine = (typeof BANK_ENGINES)[number];

/** @returns `DATABASE_URL` of a bank's new and empty database, which the clean-up removes */
export async function bankDatabase(cleanup: Cleanup, engine: BankEngine): Promise<string> {
  if (engine === 'sqlite') return `sqlite:${join(await temporaryFolder(cleanup, 'bank'), 'accounts.sqlite')}`;
  const { user, password, host, port, database } = await freshDatabase(cleanup, engine);
  const scheme = engine === 'postgres' ? 'postgres' : 'mysql';
  return `${scheme}://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

/** @returns what keeps an engine from being used here; `undefined` when nothing does */
export function missingBankEngine(engine: BankEngine): string | undefined {
  return engine === 'sqlite' ? undefined : missingServer(engine satisfies ServerName);
}
