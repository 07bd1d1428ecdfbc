import { Cleanup } from '../cleanup';
import { PrivateServer } from './private-server';
import { ServerBroker } from './server-broker';
import { missingServer, SERVER_KINDS } from './server-kinds';
import type { ServerName } from './server-kind';

const cleanup = new Cleanup();

/**
 * Lets the processes of this test run share servers. What is not there is told; on a build server, where nobody reads it,
 * it ends the run.
 *
 * @throws Error naming what is missing, under `CI=true`
 */
export async function openSharedServers(): Promise<void> {
  const missing = missingServers();
  if (missing.length > 0 && process.env['CI'] === 'true') throw new Error(missing.join('\n'));
  warn(missing);
  // They hold nothing that has to survive, so they need not wait for the disk.
  const broker = new ServerBroker(
    async (name) => (await PrivateServer.create(cleanup, SERVER_KINDS[name], { durable: false })).address,
  );
  await broker.open();
  cleanup.add(() => broker.close());
}

/** Stops them, and tells once more what was left out: below the summary it is seen. */
export async function closeSharedServers(): Promise<void> {
  await cleanup.run();
  warn(missingServers());
}

function missingServers(): string[] {
  return (Object.keys(SERVER_KINDS) as ServerName[]).map(missingServer).filter((text) => text !== undefined);
}

function warn(missing: readonly string[]): void {
  for (const text of missing) console.warn(`\nSKIPPED: ${text}\n`);
}
