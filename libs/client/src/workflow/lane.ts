import { childBranchId } from '@nestjs-dtx/protocol';
import { WorkflowMisuseError } from '../errors/workflow-misuse.error';
import type { WorkflowRun } from './workflow-run';

/** A branch's place in its lane. */
export interface Place {
  readonly branchId: string;
  readonly ordinal: number;
}

/**
 * A sequence of steps: the function of a workflow, or one of the functions that `wf.all` runs beside each other. It numbers
 * its branches in the order in which the function asks for them, which is why they may not run at once.
 */
export class Lane {
  private asked = 0;
  private entered = 0;
  private current: string | undefined;
  private halt: { readonly error: unknown } | undefined;

  /** @param prefix of all ids in this lane, empty for the workflow's own function */
  constructor(
    private readonly run: WorkflowRun,
    private readonly prefix: string,
  ) {}

  /** @throws DtxError `DTX_BRANCH_ID_EXHAUSTED` after 99 branches, or too deep */
  next(): Place {
    this.asked += 1;
    return { branchId: childBranchId(this.prefix, this.asked), ordinal: this.asked };
  }

  /** @returns the lane of the given number, counted from 0, in the `wf.all` at the place. */
  inner(place: Place, index: number): Lane {
    return new Lane(this.run, childBranchId(place.branchId, index + 1));
  }

  /** Why nothing more is done in this lane, if that is so. */
  get halted(): { readonly error: unknown } | undefined {
    return this.halt;
  }

  /**
   * Does something at a place, alone in its lane. What it throws stops the lane for good: its outcome is unknown, and a
   * function that catches it and goes on would do something else than the next run, which may learn the outcome.
   *
   * @param what for errors
   */
  async occupy<T>(place: Place, what: string, work: () => Promise<T>): Promise<T> {
    if (this.halt) throw this.halt.error;
    try {
      this.enter(place, what);
      return await this.run.track(work());
    } catch (error) {
      throw this.stop(error);
    } finally {
      this.current = undefined;
    }
  }

  /** Nothing more is done in this lane, nor does the run end with an outcome. @returns the error */
  stop(error: unknown): unknown {
    this.halt ??= { error };
    this.run.halt(error);
    return error;
  }

  private enter(place: Place, what: string): void {
    this.run.checkOpen(what);
    const { current } = this;
    this.current = what;
    if (current !== undefined) {
      throw this.misuse(
        `${what} is started while ${current} is under way: await each step, and use the contexts that wf.all passes on`,
      );
    }
    if (place.ordinal <= this.entered) {
      throw this.misuse(`${what} is done again or out of order: one action per branch, in the order of wf.branch()`);
    }
    this.entered = place.ordinal;
  }

  private misuse(problem: string): WorkflowMisuseError {
    return new WorkflowMisuseError(this.run.gid, problem);
  }
}
