import { insertWrite } from '../../../insert-write.spec-helper';
import { tokenOf } from '../../../batch/write-token';
import { branchGroups, branchRows, byName, globalGroups, globalRow, timeOf } from './mysql-values';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const TIME = '2026-01-02 03:04:05.678';

describe('what MariaDB and MySQL are given', () => {
  test('are instants in UTC with milliseconds', () => {
    expect([NOW, NOW, 0, NOW - 678].map(timeOf)).toEqual([
      TIME,
      TIME,
      '1970-01-01 00:00:00.000',
      '2026-01-02 03:04:05.000',
    ]);
  });

  test('is a new row with its lease, or with the mark of its write', () => {
    const leased = globalRow(insertWrite('a', { lease: { owner: 'one/1', durationMs: 1000 } }), NOW);
    expect([leased[0], leased[5], leased[10], leased[11], leased[15]]).toEqual([
      'a',
      TIME,
      '2026-01-02 03:04:06.678',
      'one/1',
      '2026-01-02 03:04:06.678',
    ]);
    const write = insertWrite('b');
    const prepared = globalRow(write, NOW);
    expect([prepared[10], prepared[11], prepared[15]]).toEqual([null, tokenOf(write), null]);
    expect(prepared).toHaveLength(leased.length);
  });

  test('are payloads as buffers, also of a part of a larger one', () => {
    const payload = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    const branch = { branchId: '01', op: 'action', url: 'u', payload, status: 'prepared' } as const;
    const [row] = branchRows({ gid: 'a', branches: [branch] }, NOW);
    expect(row).toEqual(['a', TIME, TIME, 'u', Buffer.from([2, 3]), '01', 'action', 'prepared']);
  });

  test('are outcomes, together where the status is the same', () => {
    const done = { branchId: '01', op: 'action', status: 'succeed' } as const;
    const failed = { branchId: '02', op: 'action', status: 'failed' } as const;
    const groups = branchGroups([
      { gid: 'a', branches: [done] },
      { gid: 'b', branches: [done, failed] },
      { gid: 'c', branches: [{ ...done, status: 'failed' }] },
    ]);
    expect(groups).toEqual([
      {
        status: 'succeed',
        keys: [
          ['a', '01', 'action'],
          ['b', '01', 'action'],
        ],
      },
      {
        status: 'failed',
        keys: [
          ['b', '02', 'action'],
          ['c', '01', 'action'],
        ],
      },
    ]);
  });

  test('are keys of branches, together where the name is the same', () => {
    const keys = [
      ['a', '01', 'action'],
      ['b', '02', 'action'],
      ['c', '01', 'action'],
      ['c', '01', 'compensate'],
    ] as const;
    expect(byName(keys)).toEqual([
      [['a', 'c'], '01', 'action'],
      [['b'], '02', 'action'],
      [['c'], '01', 'compensate'],
    ]);
  });

  test('are changes of rows, together where all new values are the same', () => {
    const schedule = { owner: '', leaseUntil: null, nextCronTime: NOW, intervalMs: 1500, attempts: 2, lastError: 'e' };
    const groups = globalGroups(
      [
        { gid: 'a', epoch: 1, status: 'succeed', finishTime: NOW },
        { gid: 'b', epoch: 1, status: 'succeed', finishTime: NOW },
        { gid: 'c', epoch: 2, status: 'succeed', finishTime: NOW },
        { gid: 'd', epoch: 1, schedule },
      ],
      NOW,
    );
    expect(groups.map(({ gids }) => gids)).toEqual([['a', 'b'], ['c'], ['d']]);
    expect(groups[0]).toEqual({
      columns: ['update_time', 'epoch', 'status', 'finish_time'],
      values: [TIME, 1, 'succeed', TIME],
      gids: ['a', 'b'],
    });
    expect(Object.fromEntries(groups[2]!.columns.map((column, index) => [column, groups[2]!.values[index]]))).toEqual({
      update_time: TIME,
      epoch: 1,
      owner: '',
      lease_until: null,
      next_cron_time: TIME,
      next_cron_interval: 2,
      attempts: 2,
      last_error: 'e',
    });
  });
});
