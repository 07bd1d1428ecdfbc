import { startCoordinator } from '../support/coordinator';
import type { ServerProcess } from '../support/server-process';

let last: Promise<unknown> = Promise.resolve();

/**
 * Starts a coordinator when those that were asked for before are up. A starting process keeps a processor busy for a second:
 * several at once would delay the calls whose times the rows look at.
 */
export function startInTurn(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const started = last.then(() => startCoordinator(env));
  last = started.catch(() => {});
  return started;
}
