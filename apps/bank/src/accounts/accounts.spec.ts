import type { INestApplication } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { balanceOf, BankTown, send, type Answered } from '../bank.spec-helper';

const SUCCESS: Answered = { status: 200, body: { dtm_result: 'SUCCESS' } };
const refused = (message: string): Answered => ({ status: 409, body: { dtm_result: 'FAILURE', message } });

describe('the steps of a bank', () => {
  let town: BankTown;
  let bank: INestApplication;

  beforeEach(async () => {
    town = new BankTown();
    bank = await town.openBank('bank-a');
  });
  afterEach(() => town.close());

  const step = (name: string, op: string, body: unknown, gid = 'g-1'): Promise<Answered> =>
    send(bank, `/accounts/dtx/${name}/${op}?branch_id=01&gid=${gid}&op=${op}&trans_type=saga`, body);

  it('begin with three accounts', async () => {
    expect(await send(bank, '/accounts')).toEqual({
      status: 200,
      body: [
        { id: 'alice', balanceMinor: 10_000, heldMinor: 0, frozen: false },
        { id: 'bob', balanceMinor: 10_000, heldMinor: 0, frozen: false },
        { id: 'frozen-fred', balanceMinor: 10_000, heldMinor: 0, frozen: true },
      ],
    });
    expect(await send(bank, '/accounts/nobody')).toMatchObject({ status: 404 });
    expect(await send(bank, '/health')).toEqual({ status: 200, body: { status: 'ok' } });
  });

  it('withdraw and deposit once, however often they are called, with one ledger entry each', async () => {
    for (let calls = 0; calls < 2; calls += 1) {
      expect(await step('withdraw', 'action', { account: 'alice', amountMinor: 300 })).toEqual(SUCCESS);
      expect(await step('deposit', 'action', { account: 'bob', amountMinor: 300 }, 'g-2')).toEqual(SUCCESS);
    }
    expect(await balanceOf(bank, 'alice')).toBe(9700);
    expect(await balanceOf(bank, 'bob')).toBe(10_300);
    expect(await send(bank, '/ledger?gid=g-1')).toMatchObject({
      body: [{ gid: 'g-1', branchId: '01', op: 'action', account: 'alice', amountMinor: -300 }],
    });
    const { body } = await send(bank, '/ledger');
    expect(body).toHaveLength(2);
  });

  it('undo what was done, also on an account that was frozen meanwhile', async () => {
    await step('withdraw', 'action', { account: 'alice', amountMinor: 300 });
    await bank.get(DataSource).query(`update account set frozen = 1 where id = 'alice'`);
    expect(await step('withdraw', 'compensate', { account: 'alice', amountMinor: 300 })).toEqual(SUCCESS);
    expect(await balanceOf(bank, 'alice')).toBe(10_000);
  });

  it('take a deposit back even if the money was spent meanwhile', async () => {
    await step('deposit', 'action', { account: 'bob', amountMinor: 500 });
    await step('withdraw', 'action', { account: 'bob', amountMinor: 10_400 }, 'g-2');
    expect(await step('deposit', 'compensate', { account: 'bob', amountMinor: 500 })).toEqual(SUCCESS);
    expect(await balanceOf(bank, 'bob')).toBe(-400);
  });

  it('undo nothing when nothing was done', async () => {
    expect(await step('withdraw', 'compensate', { account: 'alice', amountMinor: 300 })).toEqual(SUCCESS);
    expect(await step('withdraw', 'action', { account: 'alice', amountMinor: 300 })).toEqual(SUCCESS);
    expect(await balanceOf(bank, 'alice')).toBe(10_000);
    expect(await send(bank, '/ledger')).toMatchObject({ body: [] });
  });

  it('refuse for business reasons', async () => {
    expect(await step('withdraw', 'action', { account: 'alice', amountMinor: 10_001 })).toEqual(
      refused('insufficient funds'),
    );
    expect(await step('withdraw', 'action', { account: 'frozen-fred', amountMinor: 1 })).toEqual(
      refused('account is frozen'),
    );
    expect(await step('deposit', 'action', { account: 'frozen-fred', amountMinor: 1 })).toEqual(
      refused('account is frozen'),
    );
    expect(await step('deposit', 'action', { account: 'nobody', amountMinor: 1 })).toEqual(refused('no such account'));
  });

  it('refuse what is no amount of money', async () => {
    for (const amountMinor of [0, -5, 0.5, '5', null]) {
      expect(await step('withdraw', 'action', { account: 'alice', amountMinor })).toMatchObject({
        status: 409,
        body: { dtm_result: 'FAILURE', message: expect.stringContaining('amountMinor') as string },
      });
    }
    expect(await balanceOf(bank, 'alice')).toBe(10_000);
  });

  it('never spend the same money twice, however many withdraw at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        step('withdraw', 'action', { account: 'alice', amountMinor: 1000 }, `g-${index}`),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(20);
    expect(await balanceOf(bank, 'alice')).toBe(0);
  });
});
