import { OPS } from '@nestjs-dtx/protocol';
import type { WorkflowStep } from './step';

/** What the second phase does for one branch. */
export interface PhaseTwoWork {
  readonly branchId: string;
  readonly name: string;
  readonly op: 'commit' | 'rollback';
  readonly work: (step: WorkflowStep) => Promise<unknown>;
}

/** What is to be done when the function has ended, collected while it runs. */
export class PhaseTwo {
  private readonly entries = new Map<string, PhaseTwoWork>();

  /** @returns false when there is one for this branch and operation already. */
  add(entry: PhaseTwoWork): boolean {
    const key = keyOf(entry.branchId, entry.op);
    if (this.entries.has(key)) return false;
    this.entries.set(key, entry);
    return true;
  }

  /**
   * A branch whose action refused has done nothing that could be confirmed, nor, unless the caller knows better, undone
   * (spec 9.6, Q44).
   */
  drop(branchId: string, compensateFailed: boolean): void {
    this.entries.delete(keyOf(branchId, OPS.commit));
    if (!compensateFailed) this.entries.delete(keyOf(branchId, OPS.rollback));
  }

  /** @returns those of one direction, the last branch first. The ids decide, not the time at which parallel lanes came by. */
  inReverse(op: PhaseTwoWork['op']): PhaseTwoWork[] {
    return [...this.entries.values()]
      .filter((entry) => entry.op === op)
      .toSorted((one, other) => (one.branchId < other.branchId ? 1 : -1));
  }
}

const keyOf = (branchId: string, op: string): string => `${branchId}-${op}`;
