import type { CoordinatorApi } from '../support/coordinator-api';
import { post } from '../support/http';
import type { ServerProcess } from '../support/server-process';
import { until } from '../support/until';
import { AMOUNT, expectedBalances, type BankAccounts } from './bank-accounts';
import type { Case } from './catalogue';

/** What became of one transfer. */
export interface CaseResult {
  readonly case: Case;
  /** Every difference to what is expected; empty when it passed. */
  readonly problems: readonly string[];
}

/** Whom the transfers are judged by. */
export interface Judges {
  readonly coordinator: CoordinatorApi;
  readonly accounts: BankAccounts;
}

const FINAL = ['succeed', 'failed'];

/** Starts a transfer at a program and judges it by the coordinator and by the money. Never rejects. */
export async function runCase(one: Case, program: ServerProcess, judges: Judges): Promise<CaseResult> {
  const gid = `${one.sdk.name}-${one.protocol}-${one.mode}-${one.outcome}`;
  try {
    const accounts = await judges.accounts.create(gid);
    const transfer = { gid, outcome: one.outcome, ...accounts, amount: AMOUNT };
    const reply = await post(`${program.url}/start/${one.mode}`, transfer);
    if (reply.status !== 200) throw new Error(`it cannot be started: ${reply.status} ${reply.text}`);
    const { error } = reply.json as { readonly error: string };
    return { case: one, problems: [...refusal(one, error), ...(await differences(one, gid, judges))] };
  } catch (error) {
    return { case: one, problems: [explained(error)] };
  }
}

function refusal({ expectation: { refused } }: Case, error: string): string[] {
  if (refused === (error !== '')) return [];
  return [refused ? 'the SDK told of no failure' : `the SDK failed: ${error}`];
}

async function differences(one: Case, gid: string, { coordinator, accounts }: Judges): Promise<string[]> {
  const { status, branches, moved } = one.expectation;
  const view = await until(`${gid} is over`, async () => {
    const found = await coordinator.query(gid);
    return FINAL.includes(found.transaction?.status ?? '') && found;
  });
  return [
    difference('status', view.transaction?.status ?? '', status),
    difference(
      'branches',
      view.branches.map((branch) => `${branch.branch_id} ${branch.op} ${branch.status}`).join(', '),
      branches.join(', '),
    ),
    difference('balances', await accounts.balances(gid), expectedBalances(moved)),
  ].flat();
}

function difference(what: string, found: string, expected: string): string[] {
  return found === expected ? [] : [`${what}: ${found} instead of ${expected}`];
}

function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${explained(error.cause)})`;
}
