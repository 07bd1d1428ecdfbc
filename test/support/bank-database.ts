import { join } from 'node:path';
import type { Cleanup } from './cleanup';
import { freshDatabase, missingServer, serverAt, type ServerName } from './servers';
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

/** Lists the branches that are prepared and wait for a decision. */
const PREPARED_SQL: Readonly<Record<string, string>> = {
  'mysql:': 'XA RECOVER',
  'postgres:': 'SELECT gid AS data FROM pg_prepared_xacts',
};

/** @returns xids of all branches of XA transactions that are prepared on the server of a bank's database */
export async function preparedBranches(url: string): Promise<string[]> {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const sql = PREPARED_SQL[protocol];
  if (sql === undefined) return [];
  const server = serverAt(protocol === 'postgres:' ? 'postgres' : 'mariadb', {
    host: hostname,
    port: Number(port),
    user: username,
    password: decodeURIComponent(password),
  });
  const rows = await server.query<{ readonly data: string | Buffer }>(sql, pathname.slice(1));
  return rows.map(({ data }) => data.toString());
}
