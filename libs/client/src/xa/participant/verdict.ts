import type { GlobalStatus } from '@nestjs-dtx/protocol';

/** What is to be done with a branch that is in doubt. */
export type Verdict = 'commit' | 'rollback' | 'leave';

/** How long a branch was in doubt, and from when on it may be ended without the coordinator's asking. Seconds. */
export interface DoubtAge {
  readonly ageSeconds: number;
  readonly olderThanSeconds: number;
  readonly unknownAfterSeconds: number;
}

/**
 * Decides by the status of the branch's transaction. Every status but `prepared` is a decision that never changes. A branch
 * is registered before it is prepared, so one whose transaction is unknown was forgotten by the coordinator, or the
 * coordinator is not the right one: time for people to notice that passes before it is rolled back.
 *
 * @param status undefined for an unknown transaction
 */
export function verdictOn(status: GlobalStatus | undefined, age: DoubtAge): Verdict {
  if (age.ageSeconds < age.olderThanSeconds) return 'leave';
  switch (status) {
    case undefined:
      return age.ageSeconds < age.unknownAfterSeconds ? 'leave' : 'rollback';
    case 'submitted':
    case 'succeed':
      return 'commit';
    case 'aborting':
    case 'failed':
      return 'rollback';
    case 'prepared':
      return 'leave';
  }
}
