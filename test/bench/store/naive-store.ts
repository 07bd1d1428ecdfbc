import type { AdvanceWrite, TransactionStore, Write } from '@nestjs-dtx/coordinator';
import type { StoreEnvironment } from '../../support/store-engine';
import { storeOf } from './bench-store';

/** Database transactions at once: what a pool of so many connections would do. The best size, as measured. */
const POOL = 16;
const ONE_BY_ONE = { maxBatch: 1, depth: 1 };

/** A store as most would write it: every change of a transaction is a database transaction of its own. */
export function naiveStoreOf(env: StoreEnvironment): TransactionStore {
  const store =
    env['STORE_DRIVER'] === 'sqlite'
      ? storeOf(env, { ...ONE_BY_ONE, depth: POOL })
      : withSessions(
          storeOf(env, ONE_BY_ONE),
          Array.from({ length: POOL }, () => storeOf(env, ONE_BY_ONE)),
        );
  return oneTransactionPerChange(store);
}

/** Spreads writes over stores on the same database, each of which has a session: whichever is free takes the next one. */
function withSessions(store: TransactionStore, sessions: readonly TransactionStore[]): TransactionStore {
  const free = [...sessions];
  const waiting: ((session: TransactionStore) => void)[] = [];
  const release = (session: TransactionStore): void => {
    const next = waiting.shift();
    if (next) next(session);
    else free.push(session);
  };
  const [open, close] = [store.open.bind(store), store.close.bind(store)];
  store.open = async () => {
    // The schema is made by the first of them.
    await open();
    await Promise.all(sessions.map((session) => session.open()));
  };
  store.close = async () => {
    await Promise.all(sessions.map((session) => session.close()));
    await close();
  };
  store.write = async (write) => {
    const session = free.pop() ?? (await new Promise<TransactionStore>((resolve) => waiting.push(resolve)));
    try {
      return await session.write(write);
    } finally {
      release(session);
    }
  };
  return store;
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
