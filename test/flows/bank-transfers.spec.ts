import { balancesOf, heldTotal, totalOf, type Balances } from '../demo/balances';
import type { LedgerEntry, TransferOptions, TransferOrder } from '../demo/bank';
import { EFFECTS, TRANSFER_MODES } from '../demo/modes';
import { World } from '../demo/world';
import { Cleanup } from '../support/cleanup';
import { describeBankEngines } from '../support/describe-engines.spec-helper';
import { post, type Reply } from '../support/http';
import { ended } from '../support/saga-state';
import { until } from '../support/until';

const ALICE = 'bank-a/alice';
const BOB = 'bank-b/bob';

describeBankEngines((engine) => {
  const cleanup = new Cleanup();
  let world: World;

  beforeAll(async () => {
    world = await World.start(cleanup, engine);
  });

  afterAll(() => cleanup.run());

  const transfer = (mode: string, body: Partial<TransferOrder & TransferOptions>): Promise<Reply> =>
    post(`${world.banks['bank-a'].server.url}/transfers?mode=${mode}`, { from: ALICE, to: BOB, wait: true, ...body });
  const balances = (): Promise<Balances> => balancesOf(world.allBanks);
  const effectsOf = async (gid: string): Promise<string[]> => {
    const ledgers: LedgerEntry[][] = await Promise.all(world.allBanks.map((bank) => bank.ledger(gid)));
    return ledgers.flat().map((entry) => `${entry.branchId} ${entry.op} ${entry.amountMinor}`);
  };
  const nothingIsLeft = async (gid: string): Promise<void> => {
    expect([await heldTotal(world.allBanks), await world.inDoubt(gid)]).toEqual([0, 0]);
  };

  const modes = TRANSFER_MODES.filter((mode) => engine !== 'sqlite' || mode !== 'xa');

  describe.each(modes)('a transfer by %s', (mode) => {
    test('moves the money once, and is told to everybody who asks again', async () => {
      const before = await balances();
      const transferId = `${mode}-succeeds`;
      for (let times = 0; times < 3; times += 1) {
        const reply = await transfer(mode, { amountMinor: 150, transferId });
        expect([reply.status, reply.json]).toEqual([200, { gid: transferId, status: 'completed' }]);
      }
      const after = await balances();
      expect([after.get(ALICE), after.get(BOB)]).toEqual([before.get(ALICE)! - 150, before.get(BOB)! + 150]);
      const { paid, received } = EFFECTS[mode];
      expect(await effectsOf(transferId)).toEqual([`${paid} -150`, `${received} 150`]);
      await nothingIsLeft(transferId);
    });

    test('is accepted without waiting, and made all the same', async () => {
      const before = await balances();
      const reply = await transfer(mode, { amountMinor: 20, wait: false });
      const { gid } = reply.json as { gid: string };
      expect([reply.status, reply.json]).toEqual([201, { gid, status: 'accepted' }]);
      expect((await ended(world.api, gid)).status).toBe('succeed');
      expect((await balances()).get(BOB)).toBe(before.get(BOB)! + 20);
    });

    test.each([
      ['insufficient funds', { amountMinor: 100_000_00 }],
      ['account is frozen', { to: 'bank-b/frozen-fred', amountMinor: 10 }],
      ['no such account', { to: 'bank-b/nobody', amountMinor: 10 }],
    ] as const)('that is refused leaves nothing behind: %s', async (reason, body) => {
      const before = await balances();
      const reply = await transfer(mode, body);
      expect([reply.status, reply.json]).toEqual([
        409,
        { gid: expect.any(String) as string, status: 'rolled-back', reason: expect.stringContaining(reason) as string },
      ]);
      await until('the balances are as before', async () => same(await balances(), before));
      await nothingIsLeft((reply.json as { gid: string }).gid);
    });
  });

  test('many transfers at once, in every mode, neither make nor lose money', async () => {
    const total = totalOf(await balances());
    const orders = modes.flatMap(
      (mode) =>
        [
          { mode, from: ALICE, to: BOB, amountMinor: 7 },
          { mode, from: ALICE, to: 'bank-b/frozen-fred', amountMinor: 7 },
          { mode, from: 'bank-a/bob', to: 'bank-b/alice', amountMinor: 3 },
          { mode, from: 'bank-a/bob', to: ALICE, amountMinor: 2 },
        ] as const,
    );
    const replies = await Promise.all(
      [...orders, ...orders, ...orders].map(({ mode, ...body }) => transfer(mode, body)),
    );
    expect(replies.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    const gids = replies.map(({ json }) => (json as { gid: string }).gid);
    for (const gid of gids) await endedIfKnown(gid);
    expect(totalOf(await balances())).toBe(total);
    await Promise.all(gids.map(nothingIsLeft));
  });

  // Two that cross each other wait for each other's rows in two databases, which neither of them can see.
  for (const mode of modes.filter((each) => each === 'xa')) {
    test(`transfers by ${mode} that cross each other end, and neither make nor lose money`, async () => {
      const total = totalOf(await balances());
      const there = { from: ALICE, to: BOB, amountMinor: 5 } as const;
      const back = { from: BOB, to: ALICE, amountMinor: 3 } as const;
      const replies = await Promise.all(Array.from({ length: 12 }, (_, at) => transfer(mode, at % 2 ? there : back)));
      expect(replies.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
      const gids = replies.map(({ json }) => (json as { gid: string }).gid);
      for (const gid of gids) await ended(world.api, gid);
      expect(totalOf(await balances())).toBe(total);
      await Promise.all(gids.map(nothingIsLeft));
    });
  }

  test('a mode that there is not is refused with those that there are', async () => {
    const reply = await transfer('sagas', { amountMinor: 1 });
    expect([reply.status, reply.json]).toMatchObject([
      400,
      { message: [expect.stringContaining('mode must be one of')] },
    ]);
  });

  /** What a bank refuses by itself never reaches the coordinator. */
  async function endedIfKnown(gid: string): Promise<void> {
    const { transaction } = await world.api.query(gid);
    if (transaction !== null) await ended(world.api, gid);
  }
});

function same(one: Balances, other: Balances): boolean {
  return [...one].every(([account, minor]) => other.get(account) === minor);
}
