import { REST, type BranchCall, type Decision } from '../decision';
import { isReady, pause } from '../pace';
import { untilTimeout } from '../prepared';
import type { Instant, TransactionState } from '../state';
import { timeoutReason } from '../timeout';

/** How a mode carries out its second phase. */
export interface SecondPhase {
  /** Operation of a submitted transaction. */
  readonly commit: string;
  /** Operation of an aborted one. */
  readonly rollback: string;
  /** Rows are called in the order of their registration, or in reverse. */
  readonly order: 'forward' | 'reverse';
  readonly isConcurrent: (state: TransactionState) => boolean;
}

/**
 * The next step of a transaction in two phases (spec 5.2, 5.3): the rows of one operation, one by one, and no further than
 * the first that has not succeeded. A row of the other operation is never called, as the status alone decides which one it
 * is, and no status leads back.
 */
export function decideTwoPhase(phase: SecondPhase, state: TransactionState, now: Instant): Decision {
  switch (state.status) {
    case 'prepared':
      return untilTimeout(state, now) ?? { do: 'change', to: 'aborting', reason: timeoutReason(state) };
    case 'submitted':
      return carryOut(phase, state, { op: phase.commit, to: 'succeed', now });
    case 'aborting':
      return carryOut(phase, state, { op: phase.rollback, to: 'failed', now });
    default:
      return REST;
  }
}

function carryOut(
  phase: SecondPhase,
  state: TransactionState,
  { op, to, now }: { readonly op: string; readonly to: 'succeed' | 'failed'; readonly now: Instant },
): Decision {
  const open = openCalls(state, op);
  if (open.length === 0) return { do: 'change', to };
  if (phase.order === 'reverse') open.reverse();
  const wanted = phase.isConcurrent(state) ? open : open.slice(0, 1);
  const ready = wanted.filter((call) => isReady(state, call, now));
  return ready.length > 0 ? { do: 'call', calls: ready } : pause(state, wanted);
}

/** Rows of the operation that have not succeeded, in the order of their registration. */
function openCalls({ branches }: TransactionState, wanted: string): BranchCall[] {
  const calls: BranchCall[] = [];
  branches.forEach(({ branchId, op, url, payload, status }, row) => {
    if (op === wanted && status !== 'succeed') calls.push({ branchId, op, url, payload, row });
  });
  return calls;
}
