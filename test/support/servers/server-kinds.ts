import { findProgram } from './find-program';
import { MARIADB } from './mariadb';
import { POSTGRES } from './postgres';
import type { ServerKind, ServerName } from './server-kind';
import { composeAddress } from './compose-services';

/** All database servers that tests run on; a further one is one more entry. */
export const SERVER_KINDS: Readonly<Record<ServerName, ServerKind>> = { mariadb: MARIADB, postgres: POSTGRES };

/** @returns what keeps tests from starting a server of their own, and the command that mends it; `undefined` when nothing does */
export function missingPrivateServer(name: ServerName): string | undefined {
  const missing = SERVER_KINDS[name].programs.filter((program) => findProgram(program) === undefined);
  if (missing.length === 0) return undefined;
  return `${name} is not installed (${missing.join(', ')} not found): run \`npm run services\``;
}

/** The same for a server that tests share: one of docker compose will do. */
export function missingServer(name: ServerName): string | undefined {
  return composeAddress(name) ? undefined : missingPrivateServer(name);
}
