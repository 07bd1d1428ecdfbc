import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { startCoordinator, type AdvanceWrite, type TransactionStore, type Write } from '@nestjs-dtx/coordinator';
import { storeOf } from './bench-store';

/** Transactions handed to the database at once: what a pool of so many connections would do. The best size, as measured. */
const POOL = 16;

/** The coordinator as most would write it: every change of a transaction is a database transaction of its own. */
async function main(): Promise<void> {
  Logger.overrideLogger(['fatal', 'error', 'warn']);
  const store = oneTransactionPerChange(storeOf(process.env, { maxBatch: 1, depth: POOL }));
  const { app, url } = await startCoordinator({
    http: { host: '127.0.0.1', port: 0 },
    store: { driver: 'custom', store },
  });
  app.enableShutdownHooks();
  console.log(`naive coordinator listening on ${url}`);
}

/** Takes apart what the runner gathers: each branch outcome by itself, then the status. */
function oneTransactionPerChange(store: TransactionStore): TransactionStore {
  const write = store.write.bind(store);
  const split = async (advance: AdvanceWrite) => {
    const [first, ...rest] = changesOf(advance);
    let done = await write(first);
    for (const part of rest) if (done.result === 'applied') done = await write(part);
    return done;
  };
  store.write = ((given: Write) =>
    given.kind === 'advance' ? split(given) : write(given)) as TransactionStore['write'];
  return store;
}

function changesOf(advance: AdvanceWrite): [AdvanceWrite, ...AdvanceWrite[]] {
  const { branches, ...global } = advance;
  const { kind, gid, epoch } = advance;
  const parts = branches.map((branch): AdvanceWrite => ({ kind, gid, epoch, branches: [branch] }));
  const [first, ...rest] = parts;
  if (!first) return [advance];
  const changesGlobal =
    advance.status !== undefined || advance.rollbackReason !== undefined || advance.park !== undefined;
  return changesGlobal ? [first, ...rest, { ...global, branches: [] }] : [first, ...rest];
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
