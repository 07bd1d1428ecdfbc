import { InvalidRequestError, OPS } from '@nestjs-dtx/protocol';
import { BranchFailureError } from '../errors/branch-failure.error';
import { BranchOngoingError } from '../errors/branch-ongoing.error';
import { WorkflowMisuseError } from '../errors/workflow-misuse.error';
import type { BarrierRunner } from './barrier-runner';
import { httpIdentity, httpRequest, type HttpRequestOptions, type HttpSender } from './http-request';
import type { Recorded } from './json-copy';
import type { Lane, Place } from './lane';
import type { PhaseTwoWork } from './phase-two';
import type { StepIdentity, StepOutcome, WorkflowStep } from './step';
import type { WorkflowRun } from './workflow-run';
import { xaAction } from './xa-action';
import type { XaRunner } from './xa-runner';

/** Something that the second phase does for a branch: at least once, until it succeeds. */
export type BranchFinish = (step: WorkflowStep) => Promise<unknown>;

/** Where a branch stands. */
export interface BranchScope {
  readonly run: WorkflowRun;
  readonly lane: Lane;
  readonly http: HttpSender;
}

/**
 * One branch of a workflow: what happens after the end is said first, then its single action is done and recorded, as
 * `await wf.branch('reserve').onRollback(release).do(reserve)`.
 */
export class WorkflowBranch {
  private readonly place: Place;
  private compensatesFailed = false;

  constructor(
    private readonly scope: BranchScope,
    readonly name: string,
  ) {
    if (typeof name !== 'string' || name === '') throw new InvalidRequestError('branch name', 'must not be empty');
    this.place = scope.lane.next();
  }

  /** Undoes the branch when the workflow is rolled back: last branch first. */
  onRollback(undo: BranchFinish): this {
    return this.finish(OPS.rollback, undo);
  }

  /** Confirms the branch when the workflow has succeeded: last branch first. */
  onCommit(confirm: BranchFinish): this {
    return this.finish(OPS.commit, confirm);
  }

  /** Does the same at either end; `step.op` says at which, `commit` or `rollback`. */
  onFinish(work: BranchFinish): this {
    return this.onCommit(work).onRollback(work);
  }

  /**
   * Undoes this branch also when its action has refused. By default a refusal says that there is nothing to undo.
   *
   * @param compensates false to take it back
   */
  compensateFailed(compensates = true): this {
    this.compensatesFailed = compensates;
    return this;
  }

  /**
   * The branch's action, done here. It may be done again when the process dies before its outcome is recorded: make it
   * repeatable, or use {@link transaction}.
   *
   * @returns the recorded result, as JSON brings it back
   * @throws BranchFailureError when the work threw a failure: caught or not, this outcome is final
   * @throws Error that the work threw otherwise; this run then ends without an outcome, and a later one does it again
   */
  async do<T>(work: (step: WorkflowStep) => Promise<T> | T): Promise<Recorded<T>> {
    const result = await this.action({ name: this.name, kind: 'local' }, async (step) => work(step));
    return result as Recorded<T>;
  }

  /**
   * The branch's action in a local transaction together with the barrier's row: its effect happens once. When the process
   * dies after the commit and before the outcome is recorded, the result is lost: say how it is read back, or have none.
   *
   * @param barrier runs it: `barrierRunner()`, in Nest `BarrierService.runner()`
   * @param readBack finds the result of business that was committed before, outside of the transaction
   */
  transaction<Handle>(
    barrier: BarrierRunner<Handle>,
    business: (handle: Handle, step: WorkflowStep) => Promise<void>,
  ): Promise<void>;
  transaction<Handle, T>(
    barrier: BarrierRunner<Handle>,
    business: (handle: Handle, step: WorkflowStep) => Promise<T>,
    readBack: () => Promise<T>,
  ): Promise<Recorded<T>>;
  async transaction<Handle, T>(
    barrier: BarrierRunner<Handle>,
    business: (handle: Handle, step: WorkflowStep) => Promise<T>,
    readBack?: () => Promise<T>,
  ): Promise<Recorded<T> | void> {
    return this.do(async (step) => {
      const result = await barrier(step, (handle) => business(handle, step));
      if (!result.ran && result.reason !== 'duplicate') {
        throw new BranchOngoingError(`branch ${step.branchId} '${step.name}' was undone by another run`);
      }
      if (!readBack) return undefined;
      return result.ran ? result.value : readBack();
    }) as Promise<Recorded<T> | void>;
  }

  /**
   * The branch's action as a call of another service, whose answer is recorded: 409 or FAILURE is a refusal, 425 or ONGOING
   * is asked again by a later run (spec 9.6). The call is repeated when its outcome is unknown, so the participant needs a
   * barrier: the URL carries gid, branch and op for it.
   *
   * @param url `http(s)://…`, `host:port/package.Service/Method`, or `service/handler` of a registered handler
   * @param payload sent as JSON, bytes as they are
   * @returns the answer's body: its value if it is JSON, otherwise its text, over gRPC its bytes in base64; undefined if it is
   * empty
   * @throws BranchFailureError, BranchOngoingError, BranchCallError
   * @throws InvalidRequestError for a payload without a JSON form
   */
  async http<T = unknown>(url: string, payload?: unknown, options?: HttpRequestOptions): Promise<T> {
    const request = httpRequest(url, payload, options);
    const result = await this.action(httpIdentity(this.name, request), (step) => this.scope.http.send(step, request));
    return result as T;
  }

  /**
   * The branch's action in an xa transaction of this process's database, prepared here and committed, or rolled back, when the
   * workflow has ended: by the branch itself, so that there is no onCommit and onRollback. Its rows stay locked until then.
   *
   * @param runner an `XaParticipant`, in Nest `XaBranches.runner()`
   * @param business works through the handle only, and neither commits nor rolls back
   * @returns the recorded result, as JSON brings it back
   * @throws BranchFailureError when the business threw a failure, when the gid cannot stand in an xid, or when a process died
   * between the business and the record of the action: nothing of the branch is left then
   * @throws Error that the business threw otherwise; it is undone, and a later run does it again
   */
  async xa<Handle, T>(
    runner: XaRunner<Handle>,
    business: (handle: Handle, step: WorkflowStep) => Promise<T>,
  ): Promise<Recorded<T>> {
    const { name, place, scope } = this;
    const { gid, recorder } = scope.run;
    this.onCommit((step) => runner.commit(step))
      .onRollback((step) => runner.rollback(step))
      .compensateFailed(false);
    const xa = { gid, branchId: place.branchId, name, runner, business };
    return (await this.settle(() => xaAction(recorder, xa))) as Recorded<T>;
  }

  private action(identity: StepIdentity, work: (step: WorkflowStep) => Promise<unknown>): Promise<unknown> {
    const key = { branchId: this.place.branchId, op: OPS.action };
    return this.settle(() => this.scope.run.recorder.action({ key, identity, work }));
  }

  private async settle(step: () => Promise<StepOutcome>): Promise<unknown> {
    const { run, lane } = this.scope;
    const { branchId } = this.place;
    const outcome = await lane.occupy(this.place, `branch ${branchId} '${this.name}'`, step);
    if (outcome.kind === 'success') return outcome.value;
    run.phaseTwo.drop(branchId, this.compensatesFailed);
    throw new BranchFailureError(outcome.reason, { cause: outcome.cause });
  }

  private finish(op: PhaseTwoWork['op'], work: BranchFinish): this {
    const { run } = this.scope;
    const { place, name } = this;
    const { branchId } = place;
    run.checkOpen(`the ${op} of branch ${branchId} '${name}'`);
    if (run.phaseTwo.add({ branchId, name, op, work })) return this;
    throw new WorkflowMisuseError(run.gid, `branch ${branchId} '${name}' has a ${op} already: one per branch`);
  }
}
