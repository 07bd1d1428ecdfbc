import { foresee } from '../../../batch/foreseen';
import { insertWrite } from '../../../insert-write.spec-helper';
import type { AdvanceWrite, Write } from '../../../writes';
import { foreseenText } from './mysql-foreseen';

const MEGABYTE = 1024 * 1024;

const outcome = (gid: string, epoch: number): AdvanceWrite => ({
  kind: 'advance',
  gid,
  epoch,
  branches: [{ branchId: '01', op: 'action', status: 'succeed' }],
});

function linesOf(...writes: readonly Write[]): string[] {
  return foreseenText(foresee(writes)!, MEGABYTE)!.replaceAll(/\s+/g, ' ').split('; ');
}

describe('a foreseen batch on MariaDB and MySQL', () => {
  test('is one text from its begin to its commit, with times told from its own', () => {
    const lines = linesOf(insertWrite('a', { lease: { owner: 'one/1', durationMs: 10_000 } }));
    expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'START TRANSACTION',
      'SET @dtx_now =',
      "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01',",
      'INSERT INTO trans_global',
      'INSERT INTO trans_branch_op',
      'COMMIT',
    ]);
    expect(lines[3]).toContain("'http',@dtx_now,@dtx_now,");
    expect(lines[3]).toContain("@dtx_now + INTERVAL 10000 * 1000 MICROSECOND,'one/1'");
  });

  test('holds its rows at their epochs before it writes', () => {
    const lines = linesOf(outcome('b', 1), outcome('a', 1), outcome('c', 7));
    expect(lines[2]).toContain('* (COUNT(*) <> 3) AS now');
    expect(lines[2]).toContain(
      "gid IN ('a','b','c') AND ((epoch = 1 AND gid IN ('a','b')) OR (epoch = 7 AND gid IN ('c')))",
    );
    expect(lines[3]).toContain(
      "finish_time = @dtx_now WHERE (gid IN ('b','a','c') AND branch_id = '01' AND op = 'action')",
    );
  });

  test('names one epoch once', () => {
    const [, , hold] = linesOf(outcome('b', 3), outcome('a', 3));
    expect(hold).toContain("WHERE gid IN ('a','b') AND epoch = 3 AND status NOT IN ('succeed', 'failed') FOR UPDATE");
  });

  test('is none when it is larger than the server takes at once', () => {
    const large = insertWrite('a');
    const branches = large.transaction.branches.map((branch) => ({ ...branch, payload: Buffer.alloc(MEGABYTE) }));
    const batch = foresee([{ ...large, transaction: { ...large.transaction, branches } }])!;
    expect(foreseenText(batch, 16 * MEGABYTE)).toBeUndefined();
    const many = Array.from({ length: 600 }, (_, index) => outcome(`gid ${index}`, 1));
    expect(foreseenText(foresee(many)!, 16 * MEGABYTE)).toBeUndefined();
  });
});
