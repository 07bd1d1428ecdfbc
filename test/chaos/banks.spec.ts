import type { GlobalStatus } from '@nestjs-dtx/protocol';
import type { Account, Bank, LedgerEntry } from '../demo/bank';
import { World } from '../demo/world';
import { Cleanup } from '../support/cleanup';
import { post } from '../support/http';
import { ended } from '../support/saga-state';
import { until } from '../support/until';

const TRANSFERS = 40;
const OPENING_MINOR = 10_000;

/** A transfer with what has to become of it. */
interface Order {
  readonly transferId: string;
  readonly from: string;
  readonly to: string;
  readonly amountMinor: number;
  readonly end: GlobalStatus;
}

/** Both directions, sums that fit, sums that never can, and an account that takes part in nothing. */
const ORDERS: readonly Order[] = Array.from({ length: TRANSFERS }, (_, index): Order => {
  const [from, to] = index % 2 === 0 ? ['bank-a', 'bank-b'] : ['bank-b', 'bank-a'];
  const transferId = `transfer-${index}`;
  if (index % 10 === 3)
    return { transferId, from: `${from}/alice`, to: `${to}/bob`, amountMinor: 1_000_000, end: 'failed' };
  if (index % 10 === 6) {
    return { transferId, from: `${from}/alice`, to: `${to}/frozen-fred`, amountMinor: 10, end: 'failed' };
  }
  return { transferId, from: `${from}/alice`, to: `${to}/bob`, amountMinor: 10 + index, end: 'succeed' };
});

/** The example application, its barrier included, on real databases. */
describe('transfers between two banks whose processes are killed meanwhile', () => {
  const cleanup = new Cleanup();
  let world: World;

  beforeAll(async () => {
    world = await World.start(cleanup);
  });

  afterAll(() => cleanup.run());

  test('all end, no money is made or lost, and every effect is in the ledger once', async () => {
    await Promise.all([
      ...ORDERS.slice(0, 20).map(order),
      killCoordinator().then(() => Promise.all(ORDERS.slice(20, 30).map(order))),
    ]);
    await Promise.all([...ORDERS.slice(30).map(order), killBank(world.banks['bank-b'])]);

    for (const { transferId, end } of ORDERS) {
      expect([transferId, (await ended(world.api, transferId)).status]).toEqual([transferId, end]);
    }
    const entries = (await Promise.all(world.allBanks.map((bank) => bank.ledger()))).flat();
    for (const { transferId, end, amountMinor } of ORDERS) {
      const moved = end === 'succeed' ? [-amountMinor, amountMinor] : [];
      expect([transferId, movedBy(transferId, entries)]).toEqual([transferId, moved]);
    }
    expect(entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(0);
    for (const bank of world.allBanks) {
      const accounts = await bank.accounts();
      expect(accounts.map(({ id, balanceMinor }) => [id, balanceMinor])).toEqual(
        balancesByLedger(accounts, await bank.ledger()),
      );
    }
  });

  /** A client that does not give up: the same transfer is sent until some bank says that it is known. */
  function order({ transferId, from, to, amountMinor }: Order): Promise<unknown> {
    const bank = world.allBanks.find(({ name }) => from.startsWith(name));
    return until(
      `${transferId} is accepted`,
      async () => {
        const { status } = await post(`${bank?.server.url}/transfers`, { transferId, from, to, amountMinor });
        return status < 500;
      },
      { withinMs: 40_000, everyMs: 200 },
    );
  }

  async function killCoordinator(): Promise<void> {
    await until('some transfers are under way', async () => {
      const { transactions } = await world.api.all({ limit: 5 });
      return (transactions?.length ?? 0) >= 5;
    });
    await world.coordinator.kill();
    await world.restartCoordinator();
  }

  async function killBank(bank: Bank): Promise<void> {
    await bank.server.kill();
    await bank.start();
  }
});

/** What a transaction has moved per account, without accounts where nothing is left of it. */
function movedBy(gid: string, entries: readonly LedgerEntry[]): number[] {
  const sums = new Map<string, number>();
  for (const entry of entries) {
    if (entry.gid === gid) sums.set(entry.account, (sums.get(entry.account) ?? 0) + entry.amountMinor);
  }
  return [...sums.values()].filter((sum) => sum !== 0).sort((a, b) => a - b);
}

/** What the accounts have to hold when the ledger tells the whole truth. */
function balancesByLedger(accounts: readonly Account[], entries: readonly LedgerEntry[]): (string | number)[][] {
  return accounts.map(({ id }) => {
    const own = entries.filter(({ account }) => account === id);
    return [id, own.reduce((sum, { amountMinor }) => sum + amountMinor, OPENING_MINOR)];
  });
}
