import { BranchOngoingError } from '../../errors/branch-ongoing.error';

/** What is known about a lock that was not to be had. */
export interface LockWait {
  /** What the database said. */
  readonly error: unknown;
  readonly lockWaitSeconds: number;
  /** Whether another branch of the same transaction is prepared here, and may be the one that holds it. */
  readonly isOwn: boolean;
}

/** @returns what a branch is answered that was undone because it waited for rows for too long */
export function lockWaitError(xid: string, { error, lockWaitSeconds, isOwn }: LockWait): BranchOngoingError {
  const advice = isOwn
    ? 'another branch of the same transaction is prepared here: if both touch the same rows, they wait for each other, so do their work in one branch'
    : 'another transaction holds them: try again later';
  const message = `xa branch ${xid} was undone, as it did not get its rows within ${lockWaitSeconds} s; ${advice}`;
  return new BranchOngoingError(message, { cause: error });
}
