import type { Balances } from './balances';
import { checksOf, type Aftermath } from './checks';
import { transferRefused } from './stories/transfer-refused.story';
import { transferSucceeds } from './stories/transfer-succeeds.story';
import type { LedgerEntry } from './bank';

const before: Balances = new Map([
  ['bank-a/alice', 10_000],
  ['bank-b/bob', 10_000],
  ['bank-b/frozen-fred', 10_000],
]);
const paid: Balances = new Map([...before, ['bank-a/alice', 7000], ['bank-b/bob', 13_000]]);

function effect(branchId: string, op: string, amountMinor: number): LedgerEntry {
  return { gid: 'the-gid', branchId, op, account: 'any', amountMinor };
}
const done: Aftermath = {
  status: 'succeed',
  effects: [effect('01', 'action', -3000), effect('02', 'action', 3000)],
  before,
  after: paid,
};
const undone: Aftermath = {
  status: 'failed',
  effects: [effect('01', 'action', -2000), effect('01', 'compensate', 2000)],
  before,
  after: before,
};

const wrong = (...found: Parameters<typeof checksOf>): number =>
  checksOf(...found).filter(({ holds }) => !holds).length;

describe('the checks of the demo', () => {
  it('hold for a transfer that was made, and for one that was undone', () => {
    expect(wrong(transferSucceeds, done)).toBe(0);
    expect(wrong(transferRefused, undone)).toBe(0);
  });

  it('notice an effect that was applied twice', () => {
    expect(wrong(transferSucceeds, { ...done, effects: [...done.effects, effect('02', 'action', 3000)] })).toBe(1);
  });

  it('notice a withdrawal that was not undone', () => {
    const kept = {
      ...undone,
      effects: undone.effects.slice(0, 1),
      after: new Map([...before, ['bank-a/alice', 8000]]),
    };
    expect(wrong(transferRefused, kept)).toBe(3);
  });

  it('notice money that was made', () => {
    expect(wrong(transferSucceeds, { ...done, after: new Map([...paid, ['bank-b/bob', 16_000]]) })).toBe(2);
  });

  it('notice another end than the one to come to', () => {
    expect(wrong(transferSucceeds, { ...done, status: 'submitted' })).toBe(1);
  });
});
