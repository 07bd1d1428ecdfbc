import { OPS } from '@nestjs-dtx/protocol';
import { WorkflowChangedError } from '../errors/workflow-changed.error';
import type { RecordedStep, StepIdentity, StepKey, StepRow } from './step';
import { decodeStep } from './step-record';
import { compareBranches } from './step-order';

/** Which end of a workflow each operation of the second phase belongs to. */
const PHASE_TWO_OPS: readonly string[] = [OPS.commit, OPS.rollback];

/** What the function itself must come by again. */
const PHASE_ONE_OPS: readonly string[] = [OPS.action, OPS.business];

/**
 * What is recorded of one transaction's steps, and the judge of a replay: every step must be found where it was recorded, and
 * every recorded step must be reached again. Otherwise an effect could be repeated, or left without its undo.
 */
export class Progress {
  private readonly steps = new Map<string, RecordedStep>();
  private readonly reached = new Set<string>();

  /** @param rows as the coordinator has them */
  constructor(
    private readonly gid: string,
    rows: readonly StepRow[],
  ) {
    for (const row of rows) this.steps.set(keyOf(row), decodeStep(row));
  }

  /**
   * @returns what is recorded of a step, if anything is
   * @throws WorkflowChangedError when another step is recorded in its place
   */
  find(key: StepKey, identity: StepIdentity): RecordedStep | undefined {
    const recorded = this.steps.get(keyOf(key));
    if (!recorded) return undefined;
    this.checkIdentity(recorded, identity);
    this.reached.add(keyOf(key));
    return recorded;
  }

  /**
   * Takes up what was recorded just now, by this run or by another one that was faster.
   *
   * @throws WorkflowChangedError when that one did another step in this place
   */
  add(row: StepRow, identity: StepIdentity): RecordedStep {
    const recorded = decodeStep(row);
    this.checkIdentity(recorded, identity);
    this.steps.set(keyOf(row), recorded);
    this.reached.add(keyOf(row));
    return recorded;
  }

  /**
   * A run records its steps in order, so nothing that comes after an action may be recorded before it. Rows of other SDKs are
   * not judged: those let a workflow go on past a step of unknown outcome.
   *
   * @throws WorkflowChangedError when this action is new among recorded ones
   */
  checkNew(branchId: string, name: string): void {
    for (const recorded of this.steps.values()) {
      if (recorded.identity === undefined) continue;
      const order = compareBranches(branchId, recorded.branchId);
      const isLater = PHASE_TWO_OPS.includes(recorded.op) || order === 'after' || order === 'instead';
      if (!isLater) continue;
      const later = `${recorded.op} of '${recorded.identity.name}' (${recorded.branchId})`;
      throw this.changed(branchId, `'${name}' is to be executed, but the ${later} is recorded already`);
    }
  }

  /** @throws WorkflowChangedError when the run has ended without one of the recorded actions */
  checkAllReached(): void {
    for (const [key, { branchId, op, identity }] of this.steps) {
      if (!PHASE_ONE_OPS.includes(op) || this.reached.has(key)) continue;
      const name = identity === undefined ? '' : ` '${identity.name}'`;
      throw this.changed(branchId, `is recorded as done${name}, and was not reached`);
    }
  }

  /** @throws WorkflowChangedError when the second phase has begun in the other direction */
  checkDirection(op: 'commit' | 'rollback'): void {
    const other = op === OPS.commit ? OPS.rollback : OPS.commit;
    const opposite = [...this.steps.values()].find((recorded) => recorded.op === other);
    if (opposite)
      throw this.changed(opposite.branchId, `has recorded its ${other}, and the workflow now ends with ${op}`);
  }

  private checkIdentity({ branchId, identity }: RecordedStep, now: StepIdentity): void {
    if (identity === undefined) return;
    if (identity.name !== now.name || identity.kind !== now.kind) {
      const recorded = `'${identity.name}' (${identity.kind})`;
      throw this.changed(branchId, `is recorded as ${recorded} and is now '${now.name}' (${now.kind})`);
    }
    if (identity.input !== now.input)
      throw this.changed(branchId, `'${now.name}' is given another input than recorded`);
  }

  private changed(branchId: string, problem: string): WorkflowChangedError {
    return new WorkflowChangedError(this.gid, branchId, problem);
  }
}

const keyOf = ({ branchId, op }: StepKey): string => `${branchId}-${op}`;
