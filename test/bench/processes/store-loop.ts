import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { DEFAULT_SETTINGS, type AdvanceWrite, type InsertWrite, type TransactionStore } from '@nestjs-dtx/coordinator';
import type { NewTransaction } from '@nestjs-dtx/engine';
import { newGid } from '@nestjs-dtx/protocol';
import { closedLoop } from '../load/closed-loop';
import { newSaga } from '../load/new-saga';
import type { Operation } from '../load/operation';
import type { RunOrder, Tally } from '../load/tally';
import { storeOf } from '../store/bench-store';
import { serveRuns } from './driver';
import { ownEnvironment } from './environment';

/*
 * The bare store: for each saga the writes that durability cannot do without, awaited one after the other. No HTTP, no
 * decisions. What a saga costs beyond this is not the store's.
 */

const LEASE_MS = DEFAULT_SETTINGS.leaseSeconds * 1000;
const INTERVAL_MS = DEFAULT_SETTINGS.retryInterval * 1000;

async function main(): Promise<void> {
  const store = storeOf(ownEnvironment());
  await store.open();
  serveRuns('store loop', (order) => run(store, order));
}

function run(store: TransactionStore, { branches, inflight, steps, seconds }: RunOrder): Promise<Tally> {
  const template = newSaga(branches, steps);
  const client: Operation = (done) => {
    writeSaga(store, { ...template, gid: newGid() }).then(
      () => done(),
      (error: unknown) => done(String(error)),
    );
  };
  return closedLoop(Array<Operation>(inflight).fill(client), seconds);
}

/** The insert, an outcome for each step, and with the last one the final status. @throws Error when one does not apply */
async function writeSaga(store: TransactionStore, transaction: NewTransaction): Promise<void> {
  const { gid } = transaction;
  const lease = { owner: randomUUID(), durationMs: LEASE_MS };
  const insert: InsertWrite = { kind: 'insert', gid, transaction, intervalMs: INTERVAL_MS, lease };
  const inserted = await store.write(insert);
  if (inserted.result !== 'applied') throw new Error(`insert: ${inserted.result}`);
  const actions = transaction.branches.filter(({ op }) => op === 'action');
  for (const action of actions) {
    const isLast = action === actions.at(-1);
    const { result } = await store.write(outcomeOf(action.branchId, { gid, epoch: inserted.epoch, isLast }));
    if (result !== 'applied') throw new Error(`outcome of ${action.branchId}: ${result}`);
  }
}

function outcomeOf(
  branchId: string,
  { gid, epoch, isLast }: { readonly gid: string; readonly epoch: number; readonly isLast: boolean },
): AdvanceWrite {
  const outcome = { kind: 'advance', gid, epoch, branches: [{ branchId, op: 'action', status: 'succeed' }] } as const;
  if (!isLast) return outcome;
  return {
    ...outcome,
    status: 'succeed',
    park: { dueInMs: null, intervalMs: INTERVAL_MS, attempts: 0, lastError: '' },
  };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
