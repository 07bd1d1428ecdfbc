import type { GlobalStatus } from '@nestjs-dtx/protocol';

/** Named instants in the life of a transaction, for crash tests: each durable write, and what lies between them. */
export const FAULT_POINTS = [
  'prepare-stored',
  'branch-stored',
  'submit-received',
  'submit-stored',
  'call-started',
  'call-answered',
  'outcome-stored',
  'aborting-stored',
  'compensation-answered',
  'compensation-stored',
  'final-stored',
  'claimed',
] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

const POINTS: Readonly<Record<GlobalStatus, FaultPoint>> = {
  prepared: 'prepare-stored',
  submitted: 'submit-stored',
  aborting: 'aborting-stored',
  succeed: 'final-stored',
  failed: 'final-stored',
};

/** @returns the point right behind the write that has made this the status */
export function pointAfter(status: GlobalStatus): FaultPoint {
  return POINTS[status];
}

/** Told whenever a transaction reaches one of the points. Absent outside tests. */
export interface FaultPoints {
  /** @returns what the transaction has to wait for before anything else happens to it; absent: nothing */
  reach(point: FaultPoint, gid: string): Promise<void> | undefined;
}
