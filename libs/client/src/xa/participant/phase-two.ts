import { setTimeout as sleep } from 'node:timers/promises';
import { OPS } from '@nestjs-dtx/protocol';
import { BranchOngoingError } from '../../errors/branch-ongoing.error';
import { XaBranchError } from '../../errors/xa-branch.error';
import type { LocalBranch, RowState } from './local-branch';
import type { Ended } from './xa-engine';
import { withControl, type XaDatabase, type XaSession } from './xa-session';

/** So long a prepared branch is waited for whose connection is just being closed. Milliseconds. */
const ATTACHED_MS = 1500;
const FIRST_PAUSE_MS = 2;
const MOST_PAUSE_MS = 100;

/**
 * Commits a prepared branch. A database that does not know it is no proof that it was committed: on MySQL and MariaDB the
 * branch may still hang on the connection of its work, the database may be the wrong one, or the work may not be done.
 *
 * @throws BranchOngoingError it cannot be committed yet
 * @throws XaBranchError there is nothing to commit, or it was rolled back
 */
export function commitBranch(branch: LocalBranch, database: XaDatabase): Promise<void> {
  return withControl(database, async (session) => {
    if ((await end(branch, session, 'commit')) === 'done') return;
    const state = await branch.probeRow(session, { keep: false });
    if (isStoredBy(state, OPS.action)) return;
    refuseIfBusy(branch, state);
    if (isStoredBy(state, OPS.rollback)) throw new XaBranchError(branch.xid, 'was rolled back and cannot be committed');
    throw new XaBranchError(branch.xid, 'is neither prepared nor committed in this database');
  });
}

/**
 * Rolls a branch back, be it prepared or not. Afterwards its work can neither come nor be prepared any more: the barrier row
 * takes its place, which also proves that no session holds it (spec 8.5).
 *
 * @throws BranchOngoingError its work is not done yet
 * @throws XaBranchError it was committed
 */
export function rollbackBranch(branch: LocalBranch, database: XaDatabase): Promise<void> {
  return withControl(database, async (session) => {
    await end(branch, session, 'rollback');
    const state = await branch.probeRow(session, { keep: true });
    refuseIfBusy(branch, state);
    if (isStoredBy(state, OPS.action)) throw new XaBranchError(branch.xid, 'was committed and cannot be rolled back');
  });
}

/** Ends the branch. One that is listed and yet unknown hangs on another connection, mostly for milliseconds. */
async function end({ engine, xid }: LocalBranch, session: XaSession, op: 'commit' | 'rollback'): Promise<Ended> {
  const deadline = performance.now() + ATTACHED_MS;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MOST_PAUSE_MS)) {
    if ((await engine[op](session, xid)) === 'done') return 'done';
    if (!(await engine.isPrepared(session, xid))) return 'unknown';
    if (performance.now() >= deadline) {
      throw new BranchOngoingError(`xa branch ${xid} is prepared on a connection that is not closed yet`);
    }
    await sleep(pauseMs);
  }
}

function refuseIfBusy({ xid }: LocalBranch, { row }: RowState): void {
  if (row === 'busy') throw new BranchOngoingError(`the work of xa branch ${xid} is not done yet`);
}

function isStoredBy(state: RowState, op: string): boolean {
  return state.row === 'stored' && state.by === op;
}
