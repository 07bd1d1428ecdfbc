import { httpRequest, nameOfRequest, type HttpRequestOptions, type HttpSender } from './http-request';
import type { Lane } from './lane';
import { WorkflowBranch, type BranchFinish } from './workflow-branch';
import type { Recorded } from './json-copy';
import type { WorkflowStep } from './step';
import type { WorkflowRun } from './workflow-run';
import type { XaRunner } from './xa-runner';

/** What a context works with. */
export interface WorkflowContextParts {
  readonly run: WorkflowRun;
  readonly lane: Lane;
  readonly http: HttpSender;
}

/** @see WorkflowContext.http */
export interface HttpBranchOptions extends HttpRequestOptions {
  /** @default the request's method and path */
  readonly name?: string;
  /** What undoes the branch: a URL that gets the same payload, or a function. */
  readonly onRollback?: string | BranchFinish;
  /** What confirms the branch, in the same way. */
  readonly onCommit?: string | BranchFinish;
  /** @see WorkflowBranch.compensateFailed */
  readonly compensateFailed?: boolean;
}

/** One of several functions that run beside each other, with a context of its own. */
export type WorkflowLane<T> = (wf: WorkflowContext) => Promise<T>;

type LaneResults<Lanes extends readonly WorkflowLane<unknown>[]> = {
  -readonly [Index in keyof Lanes]: Awaited<ReturnType<Lanes[Index]>>;
};

/** What a workflow's function does its steps with (spec 9.6). Only what is done through it is recorded, replayed and undone. */
export class WorkflowContext {
  constructor(private readonly parts: WorkflowContextParts) {}

  /** Id of the transaction. */
  get gid(): string {
    return this.parts.run.gid;
  }

  /**
   * Begins the next branch. Branches are numbered in the order of these calls.
   *
   * @param name what the step does; a replay compares it
   * @throws DtxError `DTX_BRANCH_ID_EXHAUSTED` after 99 branches in one lane
   */
  branch(name: string): WorkflowBranch {
    return new WorkflowBranch(this.parts, name);
  }

  /**
   * A branch that is a call of another service, with its answer recorded.
   *
   * @see WorkflowBranch.http
   */
  async http<T = unknown>(url: string, payload?: unknown, options: HttpBranchOptions = {}): Promise<T> {
    const { name, onRollback, onCommit, compensateFailed = false } = options;
    const request = httpRequest(url, payload, options);
    const branch = new WorkflowBranch(this.parts, name ?? nameOfRequest(request)).compensateFailed(compensateFailed);
    if (onRollback !== undefined) branch.onRollback(this.finish(onRollback, payload, options));
    if (onCommit !== undefined) branch.onCommit(this.finish(onCommit, payload, options));
    return branch.http<T>(url, payload, options);
  }

  /**
   * A branch in an xa transaction of this process's database.
   *
   * @see WorkflowBranch.xa
   */
  xa<Handle, T>(
    name: string,
    runner: XaRunner<Handle>,
    business: (handle: Handle, step: WorkflowStep) => Promise<T>,
  ): Promise<Recorded<T>> {
    return this.branch(name).xa(runner, business);
  }

  /**
   * Runs several functions at once, each with a context of its own: inside of it, use only that one. Their branches have ids
   * of their own, so it does not matter which is faster. All of them are waited for, also when one fails.
   *
   * @returns their results, in their order
   * @throws BranchFailureError of the first lane, in their order, that was refused: unless it is caught, what the others did
   * is undone with the rest of the workflow
   * @throws Error of a lane whose outcome is unknown, before any refusal
   */
  async all<const Lanes extends readonly WorkflowLane<unknown>[]>(lanes: Lanes): Promise<LaneResults<Lanes>> {
    const { run, lane, http } = this.parts;
    const place = lane.next();
    const inner = lanes.map((_, index) => lane.inner(place, index));
    const settled = await lane.occupy(place, `wf.all (${place.branchId})`, () =>
      Promise.allSettled(
        inner.map(async (each, index) => lanes[index]!(new WorkflowContext({ run, http, lane: each }))),
      ),
    );
    const halted = inner.find((each) => each.halted)?.halted;
    if (halted) throw lane.stop(halted.error);
    const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    if (errors.length > 0) throw errors.find((error) => !run.isFailure(error)) ?? errors[0];
    return settled.map((result) => (result as PromiseFulfilledResult<unknown>).value) as LaneResults<Lanes>;
  }

  private finish(target: string | BranchFinish, payload: unknown, options: HttpRequestOptions): BranchFinish {
    if (typeof target !== 'string') return target;
    const { headers } = options;
    const request = httpRequest(target, payload, headers && { headers });
    return (step) => this.parts.http.send(step, request);
  }
}
