import type { BranchView, QueryView } from '@nestjs-dtx/protocol';
import type { LedgerEntry } from './bank';
import { timelineOf } from './timeline';

const START = Date.UTC(2026, 0, 1);
const at = (ms: number): string => new Date(START + ms).toISOString();

function branch(branchId: string, op: string, ending: Partial<BranchView>): BranchView {
  const step = branchId === '01' ? 'bank-a/withdraw' : 'bank-b/deposit';
  const row = {
    id: 1,
    gid: 'the-gid',
    create_time: at(0),
    update_time: at(0),
    url: `svc://${step}`,
    status: 'prepared',
  };
  return { ...row, branch_id: branchId, op, ...ending };
}

const view: QueryView = {
  transaction: {
    id: 1,
    gid: 'the-gid',
    create_time: at(0),
    update_time: at(40),
    rollback_time: at(40),
    trans_type: 'saga',
    status: 'failed',
    rollback_reason: 'account is frozen',
    concurrent: false,
  },
  branches: [
    branch('01', 'compensate', { status: 'succeed', finish_time: at(40) }),
    branch('01', 'action', { status: 'succeed', finish_time: at(10) }),
    branch('02', 'compensate', { status: 'succeed', finish_time: at(40) }),
    branch('02', 'action', { status: 'failed', rollback_time: at(20) }),
    branch('03', 'action', {}),
  ],
};
const entry = (op: string, amountMinor: number): LedgerEntry => ({
  gid: 'the-gid',
  branchId: '01',
  op,
  account: 'alice',
  amountMinor,
  createTime: at(5),
});
const bank = (...entries: LedgerEntry[]) => ({ name: 'bank-a', ledger: () => Promise.resolve(entries) });

describe('the timeline of the demo', () => {
  it('tells the calls that were made in their order, with their effects, and what happened in between', async () => {
    const lines = await timelineOf(
      view,
      [bank(entry('action', -2000), entry('compensate', 2000))],
      [{ at: START + 15, text: 'bank-b is down' }],
    );
    expect(lines.map((line) => line.trim().split(/\s+/).join(' '))).toEqual([
      'ms service step op outcome effect',
      '10 bank-a withdraw action succeed alice -20.00',
      '15 * bank-b is down',
      '20 bank-b deposit action failed none',
      '40 bank-b deposit compensate succeed none',
      '40 bank-a withdraw compensate succeed alice +20.00',
      '40 = the saga has failed: account is frozen',
    ]);
  });

  it('tells what a bank has done by itself, and what an XA branch has committed', async () => {
    const commit: QueryView = {
      transaction: { ...view.transaction!, trans_type: 'xa', status: 'succeed' },
      branches: [branch('01', 'commit', { status: 'succeed', finish_time: at(30) })],
    };
    const own = { ...entry('msg', -1000), branchId: '00' };
    const lines = await timelineOf(commit, [bank(entry('action', -2000), own)], []);
    expect(lines.map((line) => line.trim().split(/\s+/).join(' '))).toEqual([
      'ms service step op outcome effect',
      '5 bank-a by itself msg alice -10.00',
      '30 bank-a withdraw commit succeed alice -20.00',
      '40 = the xa has succeeded',
    ]);
  });
});
