import type { GlobalStatus } from '@nestjs-dtx/protocol';

/** What happens to a transfer. */
export type Outcome = 'success' | 'rollback' | 'died-after-commit' | 'died-before-commit' | 'resumed';

export type Mode = 'saga' | 'tcc' | 'msg' | 'xa' | 'workflow';

/** How a transfer has to end, whatever SDK has started it. */
export interface Expectation {
  readonly status: GlobalStatus;
  /** Branches in the order of the coordinator, as `01 action succeed`. */
  readonly branches: readonly string[];
  /** Whether the money has moved. */
  readonly moved: boolean;
  /** Whether the SDK tells its caller of a failure. */
  readonly refused: boolean;
}

/** In the words of docs/interop.md. */
export const OUTCOME_TEXTS: Readonly<Record<Outcome, string>> = {
  success: 'success',
  rollback: 'rollback',
  'died-after-commit': 'check-back commits',
  'died-before-commit': 'check-back refuses',
  resumed: 'resumed by callback',
};

const TWO_PHASE = { succeed: 'cancel prepared,confirm succeed', failed: 'cancel succeed,confirm prepared' };
const WORKFLOW_SUCCESS = done(['01 action succeed', '02 action succeed', '02 commit succeed']);

/** The outcomes that each mode is tried with, and what they lead to. */
export const EXPECTATIONS: Readonly<Record<Mode, Partial<Readonly<Record<Outcome, Expectation>>>>> = {
  saga: {
    success: done(both('compensate prepared,action succeed')),
    rollback: undone(['01 compensate succeed', '01 action succeed', '02 compensate succeed', '02 action failed']),
  },
  tcc: { success: done(both(TWO_PHASE.succeed)), rollback: undone(both(TWO_PHASE.failed)) },
  msg: {
    success: done(['01 action succeed']),
    rollback: undone(['01 action prepared']),
    'died-after-commit': done(['01 action succeed']),
    'died-before-commit': { ...undone(['01 action prepared']), refused: false },
  },
  xa: {
    success: done(both('rollback prepared,commit succeed')),
    // A branch that refuses has rolled itself back before it is registered.
    rollback: undone(['01 rollback succeed', '01 commit prepared']),
  },
  workflow: {
    success: WORKFLOW_SUCCESS,
    rollback: undone(['01 action succeed', '02 action failed', '01 rollback succeed']),
    // The first run ends with an error, as it is not over; the callback of the coordinator then ends it.
    resumed: { ...WORKFLOW_SUCCESS, refused: true },
  },
};

function done(branches: readonly string[]): Expectation {
  return { status: 'succeed', branches, moved: true, refused: false };
}

function undone(branches: readonly string[]): Expectation {
  return { status: 'failed', branches, moved: false, refused: true };
}

function both(rows: string): string[] {
  return ['01', '02'].flatMap((id) => rows.split(',').map((row) => `${id} ${row}`));
}
