/** Named instants in the life of a saga, for crash tests. */
export const FAULT_POINTS = [
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

/** Told whenever a transaction reaches one of the points. Absent outside tests. */
export interface FaultPoints {
  reach(point: FaultPoint, gid: string): void;
}
