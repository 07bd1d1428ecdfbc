import type { Bank, LedgerEntry, TransferOrder } from './bank';
import { balanceKey, totalOf, type Balances } from './balances';
import { formatMinor } from './money';
import type { Story } from './story';

/** Something that must hold, and whether it does. */
export interface Check {
  readonly what: string;
  readonly holds: boolean;
}

/** What is known when a story is over. */
export interface Aftermath {
  readonly status: string;
  /** Effects of this saga in both banks. */
  readonly effects: readonly LedgerEntry[];
  readonly before: Balances;
  readonly after: Balances;
}

/** @returns what a story must have come to: its status, each effect exactly once, the balances, and no money made or lost */
export function checksOf({ order, end }: Story, { status, effects, before, after }: Aftermath): Check[] {
  const done = end === 'succeed';
  const wanted = new Map(before);
  if (done) move(wanted, order);
  return [
    { what: `the saga has ended as ${end}`, holds: status === end },
    {
      what: done ? 'each step took effect exactly once' : 'what was done was undone, once',
      holds: isExact(order, done, effects),
    },
    {
      what: done ? `${order.from} has paid and ${order.to} has received` : 'both balances are as before',
      holds: [...wanted].every(([account, minor]) => after.get(account) === minor),
    },
    { what: `all accounts together hold ${formatMinor(totalOf(before))}`, holds: totalOf(before) === totalOf(after) },
  ];
}

/** @returns whether every account holds what it opened with and what its ledger says. */
export async function ledgersAgree(banks: readonly Bank[], opening: Balances, now: Balances): Promise<Check> {
  const expected = new Map(opening);
  for (const bank of banks) {
    for (const { account, amountMinor } of await bank.ledger()) {
      const key = balanceKey(bank.name, account);
      expected.set(key, (expected.get(key) ?? NaN) + amountMinor);
    }
  }
  const holds = [...expected].every(([account, minor]) => now.get(account) === minor);
  return { what: 'every balance is its opening balance plus its ledger', holds };
}

function move(balances: Map<string, number>, { from, to, amountMinor }: TransferOrder): void {
  balances.set(from, (balances.get(from) ?? NaN) - amountMinor);
  balances.set(to, (balances.get(to) ?? NaN) + amountMinor);
}

function isExact({ amountMinor }: TransferOrder, done: boolean, effects: readonly LedgerEntry[]): boolean {
  const wanted = done
    ? [`01 action ${-amountMinor}`, `02 action ${amountMinor}`]
    : [`01 action ${-amountMinor}`, `01 compensate ${amountMinor}`];
  const found = effects.map((effect) => `${effect.branchId} ${effect.op} ${effect.amountMinor}`);
  return found.toSorted().join() === wanted.toSorted().join();
}
