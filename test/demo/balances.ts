import type { Bank } from './bank';
import { formatMinor, formatMovement } from './money';

/** Minor units by `bank/account`. */
export type Balances = ReadonlyMap<string, number>;

export function balanceKey(bank: string, account: string): string {
  return `${bank}/${account}`;
}

export async function balancesOf(banks: readonly Bank[]): Promise<Balances> {
  const lists = await Promise.all(
    banks.map(async (bank) =>
      (await bank.accounts()).map(({ id, balanceMinor }) => [balanceKey(bank.name, id), balanceMinor] as const),
    ),
  );
  return new Map(lists.flat());
}

/** @returns what is set aside in all accounts together */
export async function heldTotal(banks: readonly Bank[]): Promise<number> {
  const lists = await Promise.all(banks.map((bank) => bank.accounts()));
  return lists.flat().reduce((sum, { heldMinor }) => sum + heldMinor, 0);
}

export function totalOf(balances: Balances): number {
  return [...balances.values()].reduce((sum, minor) => sum + minor, 0);
}

/** @returns a table of all accounts: before, after, and what has moved. */
export function balanceTable(before: Balances, after: Balances): string[] {
  const names = [...after.keys(), 'all together'];
  const width = Math.max(...names.map((name) => name.length));
  const line = (name: string, old: number, current: number): string => {
    const cells = [formatMinor(old), formatMinor(current), old === current ? '' : formatMovement(current - old)];
    return [name.padEnd(width), ...cells.map((cell) => cell.padStart(9))].join('  ').trimEnd();
  };
  const heading = [''.padEnd(width), ...['before', 'after', 'moved'].map((cell) => cell.padStart(9))].join('  ');
  const accounts = [...after].map(([name, minor]) => line(name, before.get(name) ?? 0, minor));
  return [heading, ...accounts, line('all together', totalOf(before), totalOf(after))];
}
