import type { BranchView, QueryView } from '@nestjs-dtx/protocol';
import type { LedgerEntry } from './bank';
import { formatMovement } from './money';

/** Something that happened at an instant (milliseconds since 1970), in words. */
export interface Note {
  readonly at: number;
  readonly text: string;
}

/** Where effects are written down: a bank. */
interface Bookkeeper {
  ledger(gid: string): Promise<readonly LedgerEntry[]>;
}

interface Entry {
  readonly at: number;
  readonly line: string;
}

const COLUMNS = ['service', 'step', 'op', 'outcome', 'effect'] as const;
const WIDTHS = [7, 8, 10, 7, 0] as const;
const MS_WIDTH = 6;

/**
 * Tells a saga as it went: the calls that are recorded at the coordinator, what they did according to the ledgers of the
 * banks, and between them what the demo did to the processes.
 *
 * @param view the finished transaction
 * @returns lines with the milliseconds since the saga was submitted
 */
export async function timelineOf(
  view: QueryView,
  banks: readonly Bookkeeper[],
  notes: readonly Note[],
): Promise<string[]> {
  const { transaction, branches } = view;
  if (transaction === null) throw new Error('the coordinator does not know the saga');
  const start = Date.parse(transaction.create_time);
  const effects = await effectsOf(transaction.gid, banks);
  const end = Date.parse(transaction.finish_time ?? transaction.rollback_time ?? transaction.update_time);
  const reason = transaction.rollback_reason ? `: ${transaction.rollback_reason}` : '';
  const entries: Entry[] = [
    ...notes.map(({ at, text }) => ({ at, line: `* ${text}` })),
    // Rows of one commit have one time: those of a compensation were called in the opposite order.
    ...branches.filter(isAction).flatMap((branch) => callEntry(branch, effects)),
    ...branches
      .filter((branch) => !isAction(branch))
      .reverse()
      .flatMap((branch) => callEntry(branch, effects)),
    { at: end, line: `= the saga has ${transaction.status === 'succeed' ? 'succeeded' : `failed${reason}`}` },
  ];
  entries.sort((one, other) => one.at - other.at);
  return [row('ms', columns(COLUMNS)), ...entries.map(({ at, line }) => row(String(at - start), line))];
}

/** Each effect under the call that had it. */
async function effectsOf(gid: string, banks: readonly Bookkeeper[]): Promise<ReadonlyMap<string, LedgerEntry>> {
  const ledgers = await Promise.all(banks.map((bank) => bank.ledger(gid)));
  return new Map(ledgers.flat().map((entry) => [keyOf(entry.branchId, entry.op), entry]));
}

function callEntry(branch: BranchView, effects: ReadonlyMap<string, LedgerEntry>): Entry[] {
  const finished = branch.finish_time ?? branch.rollback_time;
  // Never called, as the saga did not come that far or did not have to go back.
  if (finished === undefined) return [];
  const [service = '', step = ''] = (branch.url ?? '').replace('svc://', '').split('/');
  const effect = effects.get(keyOf(branch.branch_id, branch.op));
  const words = effect ? `${effect.account} ${formatMovement(effect.amountMinor)}` : 'none';
  return [{ at: Date.parse(finished), line: columns([service, step, branch.op, branch.status, words]) }];
}

const isAction = ({ op }: BranchView): boolean => op === 'action';

const keyOf = (branchId: string, op: string): string => `${branchId}/${op}`;

function columns(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0)).join('  ');
}

function row(ms: string, line: string): string {
  return `${ms.padStart(MS_WIDTH)}  ${line}`;
}
