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
  return { gid: 'the-gid', branchId, op, account: 'any', amountMinor, createTime: '2026-01-01T00:00:00.000Z' };
}
const done: Aftermath = {
  status: 'succeed',
  effects: [effect('01', 'action', -3000), effect('02', 'action', 3000)],
  before,
  after: paid,
  heldMinor: 0,
  inDoubt: 0,
};
const undone: Aftermath = {
  status: 'failed',
  effects: [effect('01', 'action', -2000), effect('01', 'compensate', 2000)],
  before,
  after: before,
  heldMinor: 0,
  inDoubt: 0,
};

const SUCCEEDS = transferSucceeds('saga', 3000);
const REFUSED = transferRefused('saga', 2000);

const wrong = (...found: Parameters<typeof checksOf>): number =>
  checksOf(...found).filter(({ holds }) => !holds).length;

describe('the checks of the demo', () => {
  it('hold for a transfer that was made, and for one that was undone', () => {
    expect(wrong(SUCCEEDS, done)).toBe(0);
    expect(wrong(REFUSED, undone)).toBe(0);
  });

  it('notice an effect that was applied twice', () => {
    expect(wrong(SUCCEEDS, { ...done, effects: [...done.effects, effect('02', 'action', 3000)] })).toBe(1);
  });

  it('notice a withdrawal that was not undone', () => {
    const kept = {
      ...undone,
      effects: undone.effects.slice(0, 1),
      after: new Map([...before, ['bank-a/alice', 8000]]),
    };
    expect(wrong(REFUSED, kept)).toBe(3);
  });

  it('notice money that was made', () => {
    expect(wrong(SUCCEEDS, { ...done, after: new Map([...paid, ['bank-b/bob', 16_000]]) })).toBe(2);
  });

  it('know how each mode writes into the ledgers', () => {
    const effects = [effect('01', 'confirm', -3000), effect('02', 'confirm', 3000)];
    expect(wrong(transferSucceeds('tcc', 3000), { ...done, effects })).toBe(0);
    expect(wrong(transferSucceeds('tcc', 3000), done)).toBe(1);
    // A refused message has never been paid for, so there is nothing to undo.
    expect(wrong(transferRefused('msg', 2000), { ...undone, effects: [] })).toBe(0);
    expect(wrong(transferRefused('msg', 2000), undone)).toBe(1);
  });

  it('notice money that stays set aside, and a branch that stays prepared', () => {
    const effects = [effect('01', 'confirm', -3000), effect('02', 'confirm', 3000)];
    expect(wrong(transferSucceeds('tcc', 3000), { ...done, effects, heldMinor: 3000 })).toBe(1);
    expect(wrong(transferSucceeds('xa', 3000), { ...done, inDoubt: 1 })).toBe(1);
  });

  it('notice another end than the one to come to', () => {
    expect(wrong(SUCCEEDS, { ...done, status: 'submitted' })).toBe(1);
  });
});
