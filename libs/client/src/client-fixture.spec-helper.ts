import { ScriptedService } from '@nestjs-dtx/testing';
import type { SagaBuilder } from './saga/saga-builder';
import { DtxClient, type DtxClientOptions } from './dtx-client';
import { ScriptedCoordinator, type Scripted } from './scripted-coordinator.spec-helper';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.stop();
});

/** @returns a client that is closed after the test. */
export function connect(coordinator: string, options: Partial<DtxClientOptions> = {}): DtxClient {
  const client = new DtxClient({ coordinator, timeoutMs: 5000, ...options });
  open.push({ stop: () => client.close() });
  return client;
}

/** @returns a coordinator that answers by the script, and a client of it; both are stopped after the test. */
export async function script(
  scripts: Record<string, readonly Scripted[]>,
  options: Partial<DtxClientOptions> = {},
): Promise<{ server: ScriptedCoordinator; client: DtxClient }> {
  const server = await ScriptedCoordinator.start(scripts);
  open.push(server);
  return { server, client: connect(server.url, options) };
}

/** @returns a participant that is stopped after the test. */
export async function participant(): Promise<ScriptedService> {
  const service = await ScriptedService.start();
  open.push(service);
  return service;
}

/** @returns the saga that the scripts speak of. */
export function oneStep(client: DtxClient): SagaBuilder {
  return client.saga('g1').step('bank/withdraw', { amount: 30 });
}

/** @returns what the call was rejected with. */
export function failure(outcome: Promise<unknown>): Promise<unknown> {
  return outcome.then(
    () => 'resolved',
    (error: unknown) => error,
  );
}
