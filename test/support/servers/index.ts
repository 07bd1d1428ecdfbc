import type { Cleanup } from '../cleanup';
import { composeAddress } from './compose-services';
import { DatabaseServer, type DatabaseAddress } from './database-server';
import { PrivateServer } from './private-server';
import { brokeredServer } from './server-broker';
import { SERVER_KINDS } from './server-kinds';
import type { ServerAddress, ServerName, ServerSettings } from './server-kind';

export type { DatabaseAddress, DatabaseServer } from './database-server';
export type { PrivateServer } from './private-server';
export type { ServerAddress, ServerName, ServerSettings } from './server-kind';
export { missingPrivateServer, missingServer } from './server-kinds';

/** Servers that programs outside a test run have started, one of a kind for each clean-up. */
const ownServers = new WeakMap<Cleanup, Map<ServerName, Promise<PrivateServer>>>();

/** Starts a server of the test's own, for tests that stop, kill or reconfigure it. Durable unless told otherwise. */
export function startServer(cleanup: Cleanup, name: ServerName, settings?: ServerSettings): Promise<PrivateServer> {
  return PrivateServer.create(cleanup, SERVER_KINDS[name], settings);
}

export function startMariadb(cleanup: Cleanup, settings?: ServerSettings): Promise<PrivateServer> {
  return startServer(cleanup, 'mariadb', settings);
}

export function startPostgres(cleanup: Cleanup, settings?: ServerSettings): Promise<PrivateServer> {
  return startServer(cleanup, 'postgres', settings);
}

/**
 * Makes a new empty database, which the clean-up drops. In tests it stands on the server that the test run shares, in
 * programs on a durable server of their own.
 */
export async function freshDatabase(cleanup: Cleanup, name: ServerName): Promise<DatabaseAddress> {
  const shared = composeAddress(name) ?? (await brokeredServer(name));
  if (shared === undefined) return (await ownServer(cleanup, name)).createDatabase();
  const server = new DatabaseServer(SERVER_KINDS[name], shared);
  const address = await server.createDatabase().catch((cause: unknown) => {
    throw new Error(`${name} at ${shared.host}:${shared.port} makes no database: run \`npm run services\``, { cause });
  });
  cleanup.add(() => server.dropDatabase(address.database));
  return address;
}

/** @returns a server that runs already, to ask it as an administrator */
export function serverAt(name: ServerName, address: ServerAddress): DatabaseServer {
  return new DatabaseServer(SERVER_KINDS[name], address);
}

function ownServer(cleanup: Cleanup, name: ServerName): Promise<PrivateServer> {
  const servers = ownServers.get(cleanup) ?? new Map<ServerName, Promise<PrivateServer>>();
  ownServers.set(cleanup, servers);
  const server = servers.get(name) ?? startServer(cleanup, name);
  servers.set(name, server);
  return server;
}
