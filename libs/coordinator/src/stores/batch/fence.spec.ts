import type { GlobalStatus } from '@nestjs-dtx/protocol';
import type { AdvanceWrite, AppendWrite, ChangeWrite } from '../writes';
import { fenceAdvance, fenceAppend, fenceChange, type LockedRow } from './fence';

const NOW = 1_000_000;
const EPOCH = 7;

function row(status: GlobalStatus, leaseUntil: number | null = null): LockedRow {
  return { gid: 'g', transType: 'saga', status, epoch: EPOCH, branchCount: 4, leaseUntil, owner: '', options: '{}' };
}

const stale = (status: GlobalStatus) => ({
  result: 'stale',
  stored: { transType: 'saga', status, branchCount: 4 },
});

describe('the fence', () => {
  describe('of a change', () => {
    const change = (unheldOnly: boolean): ChangeWrite => ({
      kind: 'change',
      gid: 'g',
      from: 'submitted',
      to: 'submitted',
      patch: {},
      unheldOnly,
    });

    test.each([
      ['lets it pass where the status is right', row('submitted'), true, undefined],
      ['lets it take a held row away', row('submitted', NOW + 1), false, undefined],
      ['does not when told not to', row('submitted', NOW + 1), true, { result: 'held' }],
      ['takes a lease for over at its very end', row('submitted', NOW), true, undefined],
      ['stops it where the status is another', row('prepared'), true, stale('prepared')],
      ['tells a wrong status rather than a lease', row('failed', NOW + 1), true, stale('failed')],
      ['stops it where there is no row', undefined, true, { result: 'stale' }],
    ])('%s', (_name, locked, unheldOnly, expected) => {
      expect(fenceChange(change(unheldOnly), locked, NOW)).toEqual(expected);
    });
  });

  describe('of progress', () => {
    const advance: AdvanceWrite = { kind: 'advance', gid: 'g', epoch: EPOCH, branches: [] };

    test.each([
      ['lets it pass under its epoch', row('submitted', NOW + 1), EPOCH, undefined],
      ['lets it pass after its lease, as nobody has taken over', row('submitted', NOW - 1), EPOCH, undefined],
      ['lets it pass after the row was parked under the same epoch', row('aborting'), EPOCH, undefined],
      ['stops an older epoch', row('submitted'), EPOCH - 1, stale('submitted')],
      ['stops a younger epoch, which cannot be', row('submitted'), EPOCH + 1, stale('submitted')],
      ['never leaves succeed', row('succeed'), EPOCH, stale('succeed')],
      ['never leaves failed', row('failed'), EPOCH, stale('failed')],
      ['stops it where there is no row', undefined, EPOCH, { result: 'stale' }],
    ])('%s', (_name, locked, epoch, expected) => {
      expect(fenceAdvance({ ...advance, epoch }, locked)).toEqual(expected);
    });
  });

  describe('of telling the end of a transaction', () => {
    const park = { dueInMs: null, intervalMs: 1, attempts: 0, lastError: '' };
    const advance: AdvanceWrite = { kind: 'advance', gid: 'g', epoch: EPOCH, branches: [], park };
    const held = row('failed', NOW + 1);

    test('lets the schedule pass under a lease, also after it has run out', () => {
      expect(fenceAdvance(advance, held)).toBeUndefined();
      expect(fenceAdvance(advance, row('succeed', NOW - 1))).toBeUndefined();
    });

    test.each<[string, Partial<AdvanceWrite>]>([
      ['another epoch', { epoch: EPOCH + 1 }],
      ['a status', { status: 'succeed' }],
      ['a reason', { rollbackReason: 'x' }],
      ['a branch', { branches: [{ branchId: '01', op: 'action', status: 'succeed' }] }],
    ])('stops %s', (_name, more) => {
      expect(fenceAdvance({ ...advance, ...more }, held)).toEqual(stale('failed'));
    });
  });

  describe('of a registration', () => {
    const append: AppendWrite = { kind: 'append', gid: 'g', branches: [], interrupts: true, transType: 'saga' };

    test.each([
      ['lets it pass while the transaction is prepared', row('prepared', NOW + 1), undefined],
      ['stops it once it is submitted', row('submitted'), stale('submitted')],
      ['stops it once it is aborting', row('aborting'), stale('aborting')],
      ['stops it once it has ended', row('succeed'), stale('succeed')],
      ['stops it where there is no row', undefined, { result: 'stale' }],
    ])('%s', (_name, locked, expected) => {
      expect(fenceAppend(append, locked, NOW)).toEqual(expected);
    });

    test.each([
      ['gives way to who holds the row', row('prepared', NOW + 1), { result: 'held' }],
      ['gives way to nobody whose lease is over', row('prepared', NOW), undefined],
      ['tells first that it comes too late', row('aborting', NOW + 1), stale('aborting')],
    ])('%s if it wants to', (_name, locked, expected) => {
      expect(fenceAppend({ ...append, unheldOnly: true }, locked, NOW)).toEqual(expected);
    });
  });
});
