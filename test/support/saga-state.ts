import { isFinalStatus, type GlobalStatus, type QueryView, type TransactionView } from '@nestjs-dtx/protocol';
import type { CoordinatorApi } from './coordinator-api';
import { until, type Patience } from './until';

/** A transaction as the catalogue of cases describes it. */
export interface ObservedState {
  readonly status: string;
  /** Branch rows in store order, P prepared, S succeed, F failed: `P S P S`. */
  readonly rows: string;
  /** `rollback_reason`, empty if none. */
  readonly reason: string;
  readonly transaction: TransactionView;
}

const LETTERS: Readonly<Record<string, string>> = { prepared: 'P', succeed: 'S', failed: 'F' };

/** Dozens of cases poll side by side: more often would slow down what they wait for. */
const POLL: Patience = { withinMs: 60_000, everyMs: 100 };

/** @returns the transaction as it is now. @throws Error when there is none */
export async function observe(api: CoordinatorApi, gid: string): Promise<ObservedState> {
  return observed(await api.query(gid), gid);
}

/** Waits until the transaction is finished. */
export function ended(api: CoordinatorApi, gid: string, patience?: Patience): Promise<ObservedState> {
  return until(
    `${gid} is finished`,
    async () => {
      const state = await observe(api, gid);
      return isFinalStatus(state.status as GlobalStatus) && state;
    },
    { ...POLL, ...patience },
  );
}

/** Waits until the transaction is finished or nobody is at work on it: the end of a pass as seen from outside. */
export function settled(api: CoordinatorApi, gid: string, patience?: Patience): Promise<ObservedState> {
  return until(
    `${gid} is at rest`,
    async () => {
      const state = await observe(api, gid);
      return (isFinalStatus(state.status as GlobalStatus) || !state.transaction.owner) && state;
    },
    { ...POLL, ...patience },
  );
}

function observed({ transaction, branches }: QueryView, gid: string): ObservedState {
  if (transaction === null) throw new Error(`there is no transaction ${gid}`);
  return {
    status: transaction.status,
    rows: branches.map(({ status }) => LETTERS[status] ?? status).join(' '),
    reason: transaction.rollback_reason ?? '',
    transaction,
  };
}
