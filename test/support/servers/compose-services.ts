import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../project-root';
import type { ServerAddress, ServerName } from './server-kind';

/** Written by `npm run services` when it has started servers with docker compose. */
const FILE = join(PROJECT_ROOT, '.services.json');

/** @returns where docker compose runs a server; `undefined` when it does not */
export function composeAddress(name: ServerName): ServerAddress | undefined {
  if (!existsSync(FILE)) return undefined;
  const services = JSON.parse(readFileSync(FILE, 'utf8')) as Partial<Record<ServerName, ServerAddress>>;
  return services[name];
}
