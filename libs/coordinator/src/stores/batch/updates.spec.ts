import type { AdvanceWrite, ChangeWrite } from '../writes';
import type { LockedRow } from './fence';
import { tokenOf } from './write-token';
import { advanceUpdate, appendUpdate, changeUpdate } from './updates';

const NOW = 1_000_000;
const ROW: LockedRow = {
  gid: 'g',
  transType: 'saga',
  status: 'submitted',
  epoch: 7,
  branchCount: 4,
  leaseUntil: NOW + 10,
  owner: '',
  options: '{"wait_result":true,"concurrent":false}',
};

describe('the row values that follow', () => {
  describe('from a change', () => {
    const change = (more: Partial<ChangeWrite>): ChangeWrite => ({
      kind: 'change',
      gid: 'g',
      from: 'prepared',
      to: 'submitted',
      patch: {},
      unheldOnly: false,
      ...more,
    });

    test('that starts work are the next epoch and a lease, at whose end the row is due', () => {
      const lease = { owner: 'me/1', durationMs: 10_000 };
      expect(changeUpdate(change({ lease }), ROW, NOW)).toEqual({
        gid: 'g',
        epoch: 8,
        status: 'submitted',
        schedule: { owner: 'me/1', leaseUntil: NOW + 10_000, nextCronTime: NOW + 10_000 },
      });
    });

    test('that starts none are no lease, the mark of the write, and a row that is due now', () => {
      const write = change({ to: 'aborting' });
      const { schedule } = changeUpdate(write, ROW, NOW);
      expect(schedule).toEqual({ owner: tokenOf(write), leaseUntil: null, nextCronTime: NOW });
    });

    test.each([
      ['succeed', { finishTime: NOW }],
      ['failed', { rollbackTime: NOW }],
    ] as const)('to %s are its time and no further visit', (to, times) => {
      const update = changeUpdate(change({ to }), ROW, NOW);
      expect(update).toMatchObject({ ...times, schedule: { leaseUntil: null, nextCronTime: null } });
    });

    test.each(['{"concurrent":false,"on_complete":"http://shop/ended"}', '{"on_complete":broken'])(
      'to a final status are a visit at once when the end is to be told: %s',
      (options) => {
        const { schedule } = changeUpdate(change({ to: 'failed' }), { ...ROW, options }, NOW);
        expect(schedule).toMatchObject({ leaseUntil: null, nextCronTime: NOW, attempts: 0 });
      },
    );

    test('to a final status are a visit at once when the same change says where to tell the end', () => {
      const patch = { options: { onComplete: 'http://shop/ended' } };
      const { schedule, options } = changeUpdate(change({ to: 'succeed', patch }), ROW, NOW);
      expect(schedule).toMatchObject({ nextCronTime: NOW });
      expect(JSON.parse(options!)).toMatchObject({ on_complete: 'http://shop/ended', wait_result: true });
    });

    test('are the fields of the patch, options added to those that are there', () => {
      const patch = { options: { retryLimit: 3 }, customData: '{}', rollbackReason: 'no stock' };
      const { options, customData, rollbackReason } = changeUpdate(change({ patch }), ROW, NOW);
      expect(JSON.parse(options!)).toEqual({ wait_result: true, retry_limit: 3, concurrent: false });
      expect([customData, rollbackReason]).toEqual(['{}', 'no stock']);
    });
  });

  describe('from progress', () => {
    const advance = (more: Partial<AdvanceWrite>): AdvanceWrite => ({
      kind: 'advance',
      gid: 'g',
      epoch: 7,
      branches: [],
      ...more,
    });

    test('of branches alone are none', () => {
      expect(advanceUpdate(advance({}), ROW, NOW)).toBeUndefined();
    });

    test('that goes on are the status under the same epoch, and the lease stays', () => {
      const update = advanceUpdate(advance({ status: 'aborting', rollbackReason: 'no stock' }), ROW, NOW);
      expect(update).toEqual({ gid: 'g', epoch: 7, status: 'aborting', rollbackReason: 'no stock' });
    });

    test('that ends are the next visit and no lease', () => {
      const park = { dueInMs: 500, intervalMs: 20_000, attempts: 2, lastError: 'broken' };
      expect(advanceUpdate(advance({ park }), ROW, NOW)?.schedule).toEqual({
        owner: '',
        leaseUntil: null,
        nextCronTime: NOW + 500,
        intervalMs: 20_000,
        attempts: 2,
        lastError: 'broken',
      });
      const never = advanceUpdate(advance({ park: { ...park, dueInMs: null } }), ROW, NOW);
      expect(never?.schedule).toMatchObject({ nextCronTime: null });
    });

    test('are texts that every store keeps', () => {
      const text = `\0${'x'.repeat(100_000)}`;
      const park = { dueInMs: null, intervalMs: 1, attempts: 1, lastError: text };
      const update = advanceUpdate(advance({ rollbackReason: text, park }), ROW, NOW)!;
      for (const stored of [update.rollbackReason!, update.schedule!.lastError!]) {
        expect(stored).toMatch(/^\uFFFDx+$/u);
        expect(stored.length).toBeLessThanOrEqual(4096);
      }
    });
  });

  test('from a registration are the new number of branches', () => {
    const branch = { branchId: '01', op: 'try', url: '', payload: new Uint8Array(0), status: 'prepared' } as const;
    const write = {
      kind: 'append',
      gid: 'g',
      branches: [branch, branch],
      interrupts: true,
      transType: 'saga',
    } as const;
    const unheld = { ...ROW, leaseUntil: null };
    expect(appendUpdate(write, unheld, NOW)).toEqual({ gid: 'g', epoch: 7, branchCount: 6 });
    expect(appendUpdate({ ...write, interrupts: false }, { ...ROW, leaseUntil: NOW + 1 }, NOW)).toEqual({
      gid: 'g',
      epoch: 7,
      branchCount: 6,
    });
    // Whoever holds the lease has loaded the transaction without these branches.
    expect(appendUpdate(write, { ...ROW, leaseUntil: NOW + 1 }, NOW)).toEqual({
      gid: 'g',
      epoch: 8,
      branchCount: 6,
      schedule: { owner: '', leaseUntil: null, nextCronTime: NOW },
    });
  });
});
