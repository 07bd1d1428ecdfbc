import { OPS } from '@nestjs-dtx/protocol';
import type { BarrierResult } from '../../barrier/barrier';
import { BranchFailureError } from '../../errors/branch-failure.error';
import { BranchOngoingError } from '../../errors/branch-ongoing.error';
import type { LocalBranch, RowState } from './local-branch';
import { withControl, type XaDatabase, type XaSession } from './xa-session';

/** The two parts of phase 1 that are not the database's. */
export interface PhaseOneWork<Session, T> {
  /** The business, in the branch's transaction. */
  readonly business: (session: Session) => Promise<T>;
  /** Runs when the business is done and nothing is prepared: tells the coordinator of the branch, which may refuse. */
  readonly register: () => Promise<void>;
}

/** Where phase 1 takes place. */
export interface PhaseOnePlace<Session extends XaSession> {
  readonly database: XaDatabase<Session>;
  readonly lockWaitSeconds: number;
}

/** What happened on the session before it was given back. */
type Course<T> =
  { readonly prepared: true; readonly value: T } | { readonly prepared: false; readonly found: RowState };

/**
 * Phase 1 of an xa branch (spec 9.5, 8.5): start, barrier row, business, registration, prepare. The coordinator knows of the
 * branch before it is prepared, so that nothing prepared is ever forgotten; where it refuses, the business is undone.
 *
 * @returns `ran: false` for a repeat of a request that is prepared or committed already
 * @throws BranchFailureError the branch was rolled back before its work came
 * @throws BranchOngoingError an earlier request for this branch is still at work, or a lock was not to be had in time
 * @throws what business and registration throw, and errors of the database
 */
export async function runPhaseOne<Session extends XaSession, T>(
  branch: LocalBranch,
  { database, lockWaitSeconds }: PhaseOnePlace<Session>,
  work: PhaseOneWork<Session, T>,
): Promise<BarrierResult<T>> {
  const { engine, xid } = branch;
  const session = await database.open();
  const started = await destroyOnError(session, () => engine.start(session, xid, lockWaitSeconds));
  if (started === 'taken') {
    await engine.leave(session);
    return repeated(branch, database, { row: 'busy' });
  }
  const found = await destroyOnError(session, () => branch.storeRow(session, lockWaitSeconds));
  const course = await attempt(branch, { session, found }, work);
  return course.prepared ? { ran: true, value: course.value } : repeated(branch, database, course.found);
}

async function attempt<Session extends XaSession, T>(
  branch: LocalBranch,
  { session, found }: { readonly session: Session; readonly found: RowState },
  { business, register }: PhaseOneWork<Session, T>,
): Promise<Course<T>> {
  const { engine, xid } = branch;
  let value: T | undefined;
  try {
    if (found.row === 'absent') {
      value = await business(session);
      await engine.checkOpen(session);
      await register();
    }
  } catch (error) {
    await abandon(branch, session);
    throw error;
  }
  if (found.row !== 'absent') {
    await abandon(branch, session);
    return { prepared: false, found };
  }
  // Whether a prepare that failed has come through is unknown here; the coordinator knows of the branch and will end it.
  await destroyOnError(session, () => engine.prepare(session, xid));
  await engine.leave(session);
  return { prepared: true, value: value as T };
}

/** What is not prepared ends with its connection, so that this is safe whatever goes wrong. */
async function abandon({ engine, xid }: LocalBranch, session: XaSession): Promise<void> {
  try {
    await engine.abandon(session, xid);
  } catch {
    await session.destroy();
  }
}

async function destroyOnError<T>(session: XaSession, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await session.destroy();
    throw error;
  }
}

/** The place is taken: by an earlier request of the same branch, or by its rollback. */
async function repeated(branch: LocalBranch, database: XaDatabase, found: RowState): Promise<BarrierResult<never>> {
  const { xid } = branch;
  if (found.row === 'stored') {
    if (found.by === OPS.action) return { ran: false, reason: 'duplicate' };
    throw new BranchFailureError(`xa branch ${xid} was rolled back before its work came`);
  }
  const isPrepared = await withControl(database, (session) => branch.engine.isPrepared(session, xid));
  if (isPrepared) return { ran: false, reason: 'duplicate' };
  throw new BranchOngoingError(`an earlier request for xa branch ${xid} is at work`);
}
