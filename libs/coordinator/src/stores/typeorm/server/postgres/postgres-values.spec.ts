import { tokenOf } from '../../../batch/write-token';
import { insertWrite } from '../../../insert-write.spec-helper';
import {
  branchChangeColumns,
  branchColumns,
  globalColumns,
  globalUpdateColumns,
  PAYLOAD_BYTES,
  type Columns,
} from './postgres-values';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const SCHEDULE = { owner: '', leaseUntil: null, nextCronTime: null };

/** The rows that the server makes of the columns. */
function rowsOf(columns: Columns): unknown[][] {
  return columns[0]!.map((_, row) => columns.map((column) => column[row]));
}

describe('the arrays of a PostgreSQL statement', () => {
  it('hold one row for each transaction, due at the end of its lease', () => {
    const leased = insertWrite('a', { lease: { owner: 'coordinator/1', durationMs: 10_000 } });
    const prepared = insertWrite('b');
    const visited = { ...prepared, gid: 'c', transaction: { ...prepared.transaction, firstVisitAfterMs: 500 } };
    const rows = rowsOf(globalColumns([leased, prepared, visited], NOW));
    const schedules = rows.map((row) => [row[0], ...row.slice(8, 11)]);
    expect(schedules).toEqual([
      ['a', NOW + 10_000, 'coordinator/1', NOW + 10_000],
      ['b', null, tokenOf(prepared), null],
      ['c', NOW + 500, tokenOf(visited), null],
    ]);
    expect(rows[0]).toEqual([
      'a',
      'saga',
      'submitted',
      '',
      'http',
      '{"concurrent":false}',
      '',
      10,
      NOW + 10_000,
      'coordinator/1',
      NOW + 10_000,
      2,
      '',
    ]);
  });

  it('hold the branches of all transactions in the order of their registration', () => {
    const rows = [insertWrite('b', { url: 'http://service' }), insertWrite('a')].map(({ gid, transaction }) => ({
      gid,
      branches: transaction.branches,
    }));
    const payload = new Uint8Array(0);
    const [columns, ...others] = branchColumns(rows);
    expect(others).toEqual([]);
    expect(rowsOf(columns!)).toEqual([
      ['b', 'http://service/compensate', payload, '01', 'compensate', 'prepared'],
      ['b', 'http://service/action', payload, '01', 'action', 'prepared'],
      ['a', '', payload, '01', 'compensate', 'prepared'],
      ['a', '', payload, '01', 'action', 'prepared'],
    ]);
  });

  it('are split where payloads are large, and keep the order', () => {
    const payloads = [PAYLOAD_BYTES / 2, PAYLOAD_BYTES / 2, 1, PAYLOAD_BYTES + 1, 0].map(
      (size) => new Uint8Array(size),
    );
    const [branch] = insertWrite('a').transaction.branches;
    const branches = payloads.map((payload, index) => ({ ...branch!, branchId: String(index), payload }));
    const parts = branchColumns([
      { gid: 'a', branches: branches.slice(0, 2) },
      { gid: 'b', branches: branches.slice(2) },
    ]);
    expect(parts.map(([gids, , , branchIds]) => [gids, branchIds])).toEqual([
      [
        ['a', 'a'],
        ['0', '1'],
      ],
      [['b'], ['2']],
      [['b'], ['3']],
      [['b'], ['4']],
    ]);
    expect(branchColumns([])).toEqual([]);
  });

  it('hold each outcome with the gid of its transaction', () => {
    const changes = [
      { gid: 'a', branches: [] },
      { gid: 'b', branches: [{ branchId: '02', op: 'action', status: 'failed' as const }] },
    ];
    expect(rowsOf(branchChangeColumns(changes))).toEqual([['b', '02', 'action', 'failed']]);
  });

  it('hold nothing where the row keeps what it has', () => {
    const [kept, scheduled] = rowsOf(
      globalUpdateColumns([
        { gid: 'a', epoch: 3 },
        {
          gid: 'b',
          epoch: 1,
          status: 'succeed',
          finishTime: NOW,
          schedule: { ...SCHEDULE, intervalMs: 1499, attempts: 0 },
        },
      ]),
    );
    expect(kept).toEqual(['a', 3, ...Array<null>(14).fill(null)]);
    expect(scheduled!.slice(0, 9)).toEqual(['b', 1, 'succeed', null, null, null, null, NOW, null]);
    expect(scheduled!.slice(9)).toEqual(['', null, null, 1, 0, null, null]);
  });
});
