import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager } from 'typeorm';
import { hasOneConnection } from './database-kind';
import { isTransientConflict } from './transient-conflict';
import { Mutex } from './mutex';

/** A local transaction that is open in the current flow of calls. */
interface OpenTransaction {
  readonly dataSource: DataSource;
  readonly manager: EntityManager;
  /** False once it has ended: a promise that nobody awaited must not write into somebody else's transaction. */
  isOpen: boolean;
  readonly outer: OpenTransaction | undefined;
}

/** Tries of one transaction that the database chose as the victim of a deadlock. */
const MOST_TRIES = 4;

const current = new AsyncLocalStorage<OpenTransaction>();
/** Shared by all who use the DataSource, whichever module they got it from. */
const queues = new WeakMap<DataSource, Mutex>();

/**
 * Runs the work in a local transaction: committed when it resolves, rolled back when it rejects. Inside of another one on
 * the same DataSource it joins that one. On SQLite, transactions wait for each other; on other databases a victim of a
 * deadlock is repeated.
 */
export function inLocalTransaction<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const joined = openOn(dataSource);
  if (joined) return work(joined.manager);
  if (!hasOneConnection(dataSource)) return repeatingVictims(() => begin(dataSource, work));
  return queueOf(dataSource).run(() => begin(dataSource, work));
}

/**
 * Lets those who ask for a local transaction on the DataSource join one that somebody else has begun and will end.
 *
 * @param manager of that transaction
 */
export async function inOpenTransaction<T>(
  dataSource: DataSource,
  manager: EntityManager,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const transaction: OpenTransaction = { dataSource, manager, isOpen: true, outer: current.getStore() };
  try {
    return await current.run(transaction, () => work(manager));
  } finally {
    transaction.isOpen = false;
  }
}

function begin<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  return dataSource.transaction((manager) => inOpenTransaction(dataSource, manager, work));
}

async function repeatingVictims<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (tries === MOST_TRIES || !isTransientConflict(error)) throw error;
    }
  }
}

function openOn(dataSource: DataSource): OpenTransaction | undefined {
  let transaction = current.getStore();
  while (transaction && !(transaction.isOpen && transaction.dataSource === dataSource)) transaction = transaction.outer;
  return transaction;
}

function queueOf(dataSource: DataSource): Mutex {
  let queue = queues.get(dataSource);
  if (!queue) queues.set(dataSource, (queue = new Mutex()));
  return queue;
}
