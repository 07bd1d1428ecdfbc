import { Bank, type Account } from '../demo/bank';
import { bankDatabase } from '../support/bank-database';
import { Cleanup } from '../support/cleanup';
import { describeBankEngines } from '../support/describe-engines.spec-helper';
import { post, type Reply } from '../support/http';

const OPENING_MINOR = 10_000;
const AMOUNT_MINOR = 300;
const COPIES = 4;

/** A handler of the bank, and the transaction type that calls it. */
interface Handler {
  readonly name: string;
  readonly transType: string;
}

const SAGA_WITHDRAW: Handler = { name: 'withdraw', transType: 'saga' };
const SAGA_DEPOSIT: Handler = { name: 'deposit', transType: 'saga' };
const TCC_WITHDRAW: Handler = { name: 'withdraw-tcc', transType: 'tcc' };
const TCC_DEPOSIT: Handler = { name: 'deposit-tcc', transType: 'tcc' };
const MSG_DEPOSIT: Handler = { name: 'deposit-msg', transType: 'msg' };

/** What becomes of one account: its balance, and what of it is held. */
type Holding = readonly [balanceMinor: number, heldMinor: number];

const UNTOUCHED: Holding = [0, 0];
const PAID: Holding = [-AMOUNT_MINOR, 0];
const HELD: Holding = [0, AMOUNT_MINOR];
const RECEIVED: Holding = [AMOUNT_MINOR, 0];

/** Operations in the order in which they arrive, and the change of the account after each of them. */
const SEQUENCES: readonly (readonly [Handler, ...(readonly [op: string, after: Holding])[]])[] = [
  [SAGA_WITHDRAW, ['action', PAID], ['compensate', UNTOUCHED]],
  [SAGA_WITHDRAW, ['compensate', UNTOUCHED], ['action', UNTOUCHED]],
  [SAGA_DEPOSIT, ['action', RECEIVED], ['compensate', UNTOUCHED]],
  [SAGA_DEPOSIT, ['compensate', UNTOUCHED], ['action', UNTOUCHED]],
  [TCC_WITHDRAW, ['try', HELD], ['confirm', PAID]],
  [TCC_WITHDRAW, ['try', HELD], ['cancel', UNTOUCHED], ['try', UNTOUCHED]],
  [TCC_WITHDRAW, ['cancel', UNTOUCHED], ['try', UNTOUCHED]],
  [TCC_DEPOSIT, ['try', UNTOUCHED], ['confirm', RECEIVED]],
  [TCC_DEPOSIT, ['try', UNTOUCHED], ['cancel', UNTOUCHED]],
  [MSG_DEPOSIT, ['action', RECEIVED]],
];

describeBankEngines((engine) => {
  const cleanup = new Cleanup();
  let bank: Bank;

  beforeAll(async () => {
    // No coordinator: the test sends what a coordinator would send, and more.
    const env = { COORDINATOR_URL: 'http://127.0.0.1:9', DATABASE_URL: await bankDatabase(cleanup, engine) };
    bank = new Bank('bank-a', env);
    cleanup.add(() => bank.end());
    await bank.start();
  });

  afterAll(() => cleanup.run());

  let gids = 0;
  const newGid = (): string => `branch-${(gids += 1)}`;
  const call = ({ name, transType }: Handler, op: string, gid: string, body: object): Promise<Reply> => {
    const query = new URLSearchParams({ branch_id: '01', gid, op, trans_type: transType });
    return post(`${bank.server.url}/accounts/dtx/${name}/${op}?${query.toString()}`, body);
  };
  const holding = async (id: string): Promise<Holding> => {
    const { balanceMinor = NaN, heldMinor = NaN } = (await bank.accounts()).find((it: Account) => it.id === id) ?? {};
    return [balanceMinor, heldMinor];
  };
  const plus = (before: Holding, change: Holding): Holding => [before[0] + change[0], before[1] + change[1]];

  test.each(SEQUENCES.map(([handler, ...calls]) => ({ title: titleOf(handler, calls), handler, calls })))(
    '$title: each takes effect once, however often and however many at once it comes',
    async ({ handler, calls }) => {
      const gid = newGid();
      const before = await holding('bob');
      for (const [op, change] of calls) {
        const copies = Array.from({ length: COPIES }, () =>
          call(handler, op, gid, { account: 'bob', amountMinor: AMOUNT_MINOR }),
        );
        const statuses = (await Promise.all(copies)).map(({ status }) => status);
        expect(statuses).toEqual(copies.map(() => 200));
        expect(await holding('bob')).toEqual(plus(before, change));
      }
      const sum = (await bank.ledger(gid)).reduce((total, { amountMinor }) => total + amountMinor, 0);
      expect(before[0] + sum).toBe((await holding('bob'))[0]);
    },
  );

  test.each([
    ['withdraw', SAGA_WITHDRAW, 'action', 'compensate'],
    ['withdraw-tcc', TCC_WITHDRAW, 'try', 'cancel'],
  ] as const)('%s never spends the same money twice, however many want it at once', async (_, handler, op, undo) => {
    const before = await holding('alice');
    const places = 5;
    const sum = { account: 'alice', amountMinor: OPENING_MINOR / places };
    const wanted = Array.from({ length: places * 3 }, newGid);
    const answers = await Promise.all(wanted.map((gid) => call(handler, op, gid, sum)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(places);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(places * 2);
    expect(refused[0]?.json).toEqual({ dtm_result: 'FAILURE', message: 'insufficient funds' });
    await Promise.all(wanted.map((gid) => call(handler, undo, gid, sum)));
    expect(await holding('alice')).toEqual(before);
  });

  test('a frozen account and one that does not exist take part in no transfer; a message goes to a frozen one', async () => {
    for (const account of ['frozen-fred', 'nobody']) {
      const message = account === 'nobody' ? 'no such account' : 'account is frozen';
      for (const [handler, op] of [
        [SAGA_WITHDRAW, 'action'],
        [SAGA_DEPOSIT, 'action'],
        [TCC_WITHDRAW, 'try'],
        [TCC_DEPOSIT, 'try'],
      ] as const) {
        const reply = await call(handler, op, newGid(), { account, amountMinor: 1 });
        expect([handler.name, reply.status, reply.json]).toEqual([
          handler.name,
          409,
          { dtm_result: 'FAILURE', message },
        ]);
      }
    }
    expect((await call(MSG_DEPOSIT, 'action', newGid(), { account: 'frozen-fred', amountMinor: 1 })).status).toBe(200);
    expect(await holding('frozen-fred')).toEqual([OPENING_MINOR + 1, 0]);
  });

  test('a check-back of a message that was never sent is answered FAILURE, again and again', async () => {
    const query = 'branch_id=00&gid=never-sent&op=msg&trans_type=msg';
    for (let times = 0; times < 2; times += 1) {
      const reply = await post(`${bank.server.url}/accounts/dtx/query-prepared/msg?${query}`, {});
      expect([reply.status, reply.json]).toMatchObject([409, { dtm_result: 'FAILURE' }]);
    }
  });
});

function titleOf({ name }: Handler, calls: readonly (readonly [string, Holding])[]): string {
  return `${name} ${calls.map(([op]) => op).join(', ')}`;
}
