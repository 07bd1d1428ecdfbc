import type { INestApplication } from '@nestjs/common';
import { until } from '@nestjs-dtx/testing';
import { balanceOf, BankTown, send } from '../bank.spec-helper';

describe('transfers between two banks', () => {
  const town = new BankTown();
  let a: INestApplication;
  let b: INestApplication;

  beforeAll(async () => {
    await town.startCoordinator();
    [a, b] = await Promise.all([town.openBank('bank-a'), town.openBank('bank-b')]);
    await until(async () => {
      const { services } = (await (await fetch(`${town.coordinatorUrl}/api/v2/services`)).json()) as {
        services: unknown[];
      };
      return services.length === 2;
    });
  });
  afterAll(() => town.close());

  const transfer = (body: object) =>
    send(a, '/transfers', { from: 'bank-a/alice', to: 'bank-b/bob', wait: true, ...body });
  const balances = async () => ({ alice: await balanceOf(a, 'alice'), bob: await balanceOf(b, 'bob') });

  it('answer 200 when both balances have changed', async () => {
    const before = await balances();
    expect(await transfer({ amountMinor: 250 })).toMatchObject({ status: 200, body: { status: 'completed' } });
    expect(await balances()).toEqual({ alice: before.alice - 250, bob: before.bob + 250 });
  });

  it('answer 201 as soon as the coordinator has them, if nobody wants to wait', async () => {
    const before = await balances();
    expect(await transfer({ amountMinor: 50, wait: false })).toMatchObject({
      status: 201,
      body: { status: 'accepted' },
    });
    await until(async () => (await balances()).bob === before.bob + 50);
    expect(await balances()).toEqual({ alice: before.alice - 50, bob: before.bob + 50 });
  });

  it.each([
    ['insufficient funds', { amountMinor: 1_000_000 }],
    ['account is frozen', { to: 'bank-b/frozen-fred', amountMinor: 10 }],
    ['no such account', { to: 'bank-b/nobody', amountMinor: 10 }],
  ])('answer 409 with the reason when they are rolled back: %s', async (reason, body) => {
    const before = await balances();
    expect(await transfer(body)).toMatchObject({
      status: 409,
      body: { status: 'rolled-back', reason: expect.stringContaining(reason) as string },
    });
    await until(async () => (await balances()).alice === before.alice);
    expect(await balances()).toEqual(before);
  });

  it('happen once, however often the same transferId is sent', async () => {
    const before = await balances();
    for (let sent = 0; sent < 3; sent += 1) {
      expect(await transfer({ amountMinor: 10, transferId: 'order-1' })).toEqual({
        status: 200,
        body: { gid: 'order-1', status: 'completed' },
      });
    }
    expect(await balances()).toEqual({ alice: before.alice - 10, bob: before.bob + 10 });
  });

  it('answer 202 when a bank is not there: the coordinator goes on', async () => {
    expect(await transfer({ to: 'bank-c/carol', amountMinor: 10 })).toMatchObject({
      status: 202,
      body: { status: 'not-finished', reason: expect.stringContaining('bank-c') as string },
    });
  });

  it('are refused in a mode that there is not, or that the database cannot do', async () => {
    const order = { from: 'bank-a/alice', to: 'bank-b/bob', amountMinor: 1 };
    expect(await send(a, '/transfers?mode=sagas', order)).toMatchObject({
      status: 400,
      body: { message: ['mode must be one of saga, tcc, msg, workflow, xa'] },
    });
    expect(await send(a, '/transfers?mode=xa', order)).toMatchObject({
      status: 400,
      body: { message: ['mode=xa needs a database with XA, which SQLite is not'] },
    });
  });

  it('are refused with the field that is wrong', async () => {
    expect(await transfer({ from: 'alice', amountMinor: 1 })).toMatchObject({
      status: 400,
      body: { message: ['from must be bank/account, such as bank-a/alice'] },
    });
    expect(await transfer({ amountMinor: 0.5 })).toMatchObject({ status: 400 });
  });
});
