import type { BarrierInfo } from '../barrier/barrier-info';

/** How a step does its work; part of what a replay compares. */
export type StepKind = 'local' | 'http' | 'xa';

/** What a replay must find again at the same place (demand: a changed order of steps is an error, not a guess). */
export interface StepIdentity {
  /** As the workflow's function calls it. */
  readonly name: string;
  readonly kind: StepKind;
  /** Digest of what the step was given; absent where nobody can tell, as for a closure. */
  readonly input?: string;
}

/** Place of a step among the rows of the transaction (spec 9.6). */
export interface StepKey {
  readonly branchId: string;
  /** `action`, or the second phase: `commit`, `rollback`; `business` for an xa branch whose work is done (spec 1.4). */
  readonly op: string;
}

/** Which branch some work is done for: enough for the barrier of the database that the work writes to. */
export interface WorkflowStep extends BarrierInfo {
  readonly transType: 'workflow';
  /** As the workflow's function calls the branch. */
  readonly name: string;
}

/** What a step came to, for good. Anything else is not known and not recorded. */
export type StepOutcome =
  | { readonly kind: 'success'; readonly value: unknown }
  | { readonly kind: 'failure'; readonly reason: string; readonly cause?: unknown };

/** One row of a workflow's progress, as the coordinator keeps it (spec 2.8, 2.9). */
export interface StepRow extends StepKey {
  readonly status: 'succeed' | 'failed';
  /** UTF-8 text, whatever its meaning. */
  readonly data: string;
}

/** A row and what it says. */
export interface RecordedStep extends StepKey {
  /** Absent in rows that another SDK wrote. */
  readonly identity?: StepIdentity;
  readonly outcome: StepOutcome;
}
