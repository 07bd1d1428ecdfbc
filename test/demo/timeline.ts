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
  readonly name: string;
  ledger(gid: string): Promise<readonly LedgerEntry[]>;
}

/** An effect, and the bank that wrote it down. */
interface Effect extends LedgerEntry {
  readonly bank: string;
}

interface Entry {
  readonly at: number;
  readonly line: string;
}

const COLUMNS = ['service', 'step', 'op', 'outcome', 'effect'] as const;
const WIDTHS = [7, 12, 10, 7, 0] as const;
const MS_WIDTH = 6;

/**
 * Tells a transaction as it went: the calls that are recorded at the coordinator, what they did according to the ledgers of
 * the banks, and between them what the demo did to the processes.
 *
 * @param view the finished transaction
 * @returns lines with the milliseconds since the transaction began
 */
export async function timelineOf(
  view: QueryView,
  banks: readonly Bookkeeper[],
  notes: readonly Note[],
): Promise<string[]> {
  const { transaction, branches } = view;
  if (transaction === null) throw new Error('the coordinator does not know the transaction');
  const { gid, trans_type: mode, status } = transaction;
  const start = Date.parse(transaction.create_time);
  const effects = await effectsOf(gid, banks);
  const end = Date.parse(transaction.finish_time ?? transaction.rollback_time ?? transaction.update_time);
  const reason = transaction.rollback_reason ? `: ${transaction.rollback_reason}` : '';
  const entries: Entry[] = [
    ...notes.map(({ at, text }) => ({ at, line: `* ${text}` })),
    // Rows of one commit have one time: those of a second phase were called in the opposite order.
    ...branches.filter(isAction).flatMap((branch) => callEntry(branch, effects)),
    ...branches
      .filter((branch) => !isAction(branch))
      .reverse()
      .flatMap((branch) => callEntry(branch, effects)),
    ...[...effects.values()].filter((effect) => !isRecorded(effect, branches)).map(ownEntry),
    { at: end, line: `= the ${mode} has ${status === 'succeed' ? 'succeeded' : `failed${reason}`}` },
  ];
  entries.sort((one, other) => one.at - other.at);
  return [row('ms', columns(COLUMNS)), ...entries.map(({ at, line }) => row(String(at - start), line))];
}

/** Each effect under the call that had it. */
async function effectsOf(gid: string, banks: readonly Bookkeeper[]): Promise<ReadonlyMap<string, Effect>> {
  const ledgers = await Promise.all(
    banks.map(async (bank) => (await bank.ledger(gid)).map((entry) => ({ ...entry, bank: bank.name }))),
  );
  return new Map(ledgers.flat().map((entry) => [keyOf(entry.branchId, entry.op), entry]));
}

function callEntry(branch: BranchView, effects: ReadonlyMap<string, Effect>): Entry[] {
  const finished = branch.finish_time ?? branch.rollback_time;
  // Never called, as the transaction did not come that far or did not have to go back.
  if (finished === undefined) return [];
  const effect = effects.get(keyOf(branch.branch_id, effectOp(branch.op)));
  const [service = '', step = ''] = (branch.url ?? '').replace('svc://', '').split('/');
  const cells = [service || (effect?.bank ?? ''), step, branch.op, branch.status, wordsOf(effect)];
  return [{ at: Date.parse(finished), line: columns(cells) }];
}

/** What a bank did by itself: the coordinator has no row for it. */
function ownEntry(effect: Effect): Entry {
  return {
    at: Date.parse(effect.createTime),
    line: columns([effect.bank, 'by itself', effect.op, '', wordsOf(effect)]),
  };
}

function isRecorded({ branchId, op }: Effect, branches: readonly BranchView[]): boolean {
  return branches.some((branch) => branch.branch_id === branchId && effectOp(branch.op) === op);
}

/** What XA commits was written by the action. */
const effectOp = (op: string): string => (op === 'commit' ? 'action' : op);

const wordsOf = (effect: Effect | undefined): string =>
  effect ? `${effect.account} ${formatMovement(effect.amountMinor)}` : 'none';

const isAction = ({ op }: BranchView): boolean => op === 'action';

const keyOf = (branchId: string, op: string): string => `${branchId}/${op}`;

function columns(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0)).join('  ');
}

function row(ms: string, line: string): string {
  return `${ms.padStart(MS_WIDTH)}  ${line}`;
}
