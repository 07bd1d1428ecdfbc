import type { Bank, LedgerEntry, TransferOrder } from './bank';
import { balanceKey, totalOf, type Balances } from './balances';
import { EFFECTS } from './modes';
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
  /** Effects of this transfer in both banks. */
  readonly effects: readonly LedgerEntry[];
  readonly before: Balances;
  readonly after: Balances;
  /** What is still set aside in all accounts together. Minor units. */
  readonly heldMinor: number;
  /** Branches of XA transactions that are prepared in a database and wait for a decision. */
  readonly inDoubt: number;
}

/** @returns what a story must have come to: its status, each effect exactly once, the balances, and no money made or lost */
export function checksOf({ order, end }: Story, found: Aftermath): Check[] {
  const { status, effects, before, after, heldMinor, inDoubt } = found;
  const done = end === 'succeed';
  const wanted = new Map(before);
  if (done) move(wanted, order);
  return [
    { what: `the transaction has ended as ${end}`, holds: status === end },
    {
      what: done ? 'each step took effect exactly once' : 'what was done was undone, once',
      holds: isExact(order, done, effects),
    },
    {
      what: done ? `${order.from} has paid and ${order.to} has received` : 'both balances are as before',
      holds: [...wanted].every(([account, minor]) => after.get(account) === minor),
    },
    ...(order.mode === 'tcc' ? [{ what: 'nothing is set aside any more', holds: heldMinor === 0 }] : []),
    ...(order.mode === 'xa' ? [{ what: 'no database holds a prepared branch', holds: inDoubt === 0 }] : []),
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

function isExact({ mode, amountMinor }: TransferOrder, done: boolean, effects: readonly LedgerEntry[]): boolean {
  const { paid, received, paidBack } = EFFECTS[mode];
  const undone = paidBack === undefined ? [] : [`${paid} ${-amountMinor}`, `${paidBack} ${amountMinor}`];
  const wanted = done ? [`${paid} ${-amountMinor}`, `${received} ${amountMinor}`] : undone;
  const found = effects.map((effect) => `${effect.branchId} ${effect.op} ${effect.amountMinor}`);
  return found.toSorted().join() === wanted.toSorted().join();
}
