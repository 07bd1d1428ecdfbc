import { randomUUID } from 'node:crypto';
import { boundedText, MAX_REASON_LENGTH } from '@nestjs-dtx/protocol';
import { BranchOngoingError } from '../errors/branch-ongoing.error';
import { WorkflowMisuseError } from '../errors/workflow-misuse.error';
import { jsonCopy } from './json-copy';
import type { Progress } from './progress';
import type { RecordedStep, StepIdentity, StepKey, StepOutcome, StepRow, WorkflowStep } from './step';
import { encodeStep } from './step-record';

/** Where outcomes are kept. */
export interface StepJournal {
  /**
   * Stores a row durably.
   *
   * @returns what is stored under its key now: the row itself, or the one that another run of the same transaction stored before
   * @throws WorkflowEndedError when the transaction is finished
   * @throws Error when it is not known whether it is stored
   */
  record(row: StepRow): Promise<StepRow>;
}

/** What a run needs from its surroundings. */
export interface RunHooks {
  /** @returns whether an error of a step or of the function is a refusal for good, which rolls back. */
  isFailure(error: unknown): boolean;
  /** Runs a step's work, with whatever surroundings it needs. */
  around<T>(step: WorkflowStep, work: () => Promise<T>): Promise<T>;
  /** Once aborted, no further step is executed: the workflow goes on elsewhere. */
  readonly signal: AbortSignal;
}

/** @see StepRecorder */
export interface RecorderParts {
  readonly gid: string;
  readonly progress: Progress;
  readonly journal: StepJournal;
  readonly hooks: RunHooks;
}

/** One piece of work that is done once. */
export interface Step {
  readonly key: StepKey;
  readonly identity: StepIdentity;
  /** Returns the step's result; throws a failure, or anything else if the outcome is unknown. */
  readonly work: (step: WorkflowStep) => Promise<unknown>;
}

/**
 * Does steps, each one once: what is recorded is returned without doing it again, what is done is recorded before it is
 * returned (spec 9.6). Only successes and failures are: a step of unknown outcome is done again by the next run.
 */
export class StepRecorder {
  constructor(private readonly parts: RecorderParts) {}

  /**
   * A step of the function itself.
   *
   * @throws WorkflowChangedError when the replay does not match
   * @throws Error that the work threw, when its outcome is unknown
   */
  async action({ key, identity, work }: Step): Promise<StepOutcome> {
    const recorded = this.parts.progress.find(key, identity);
    if (recorded) return recorded.outcome;
    this.parts.progress.checkNew(key.branchId, identity.name);
    const outcome = await this.perform({ key, identity, work });
    const stored = await this.record(key, identity, outcome);
    // The cause is for logs: it is not recorded, so no replay has it.
    return stored.outcome.kind === 'failure' && outcome.kind === 'failure'
      ? { ...stored.outcome, cause: outcome.cause }
      : stored.outcome;
  }

  /**
   * A step of the second phase, which has no result and may not refuse.
   *
   * @throws WorkflowMisuseError when it did
   * @throws Error that the work threw
   */
  async finish({ key, identity, work }: Step): Promise<void> {
    if (this.parts.progress.find(key, identity)) return;
    const outcome = await this.perform({ key, identity, work });
    if (outcome.kind === 'failure') {
      throw new WorkflowMisuseError(
        this.parts.gid,
        `the ${key.op} of branch ${key.branchId} '${identity.name}' may not refuse, it is repeated: ${outcome.reason}`,
        { cause: outcome.cause },
      );
    }
    await this.record(key, identity, { kind: 'success', value: undefined });
  }

  /** @throws WorkflowChangedError when another step is recorded in its place */
  isRecorded(key: StepKey, identity: StepIdentity): boolean {
    return this.parts.progress.find(key, identity) !== undefined;
  }

  /**
   * Records that a step has come so far, in this run and in no other.
   *
   * @throws BranchOngoingError when another run has recorded it before
   * @throws Error when it is not known whether it is recorded
   */
  async mark(key: StepKey, identity: StepIdentity): Promise<void> {
    // Equal rows of two runs could not be told apart.
    const row = encodeStep(key, identity, { kind: 'success', value: randomUUID() });
    const stored = await this.parts.journal.record(row);
    this.parts.progress.add(stored, identity);
    if (stored.data === row.data) return;
    throw new BranchOngoingError(`another run of this workflow is at branch ${key.branchId} '${identity.name}'`);
  }

  private async perform({ key, identity, work }: Step): Promise<StepOutcome> {
    const { gid, hooks } = this.parts;
    if (hooks.signal.aborted) throw new BranchOngoingError(`this process is shutting down before '${identity.name}'`);
    const step: WorkflowStep = { transType: 'workflow', gid, ...key, name: identity.name };
    let value: unknown;
    try {
      value = await hooks.around(step, () => work(step));
    } catch (error) {
      if (!hooks.isFailure(error)) throw error;
      return { kind: 'failure', reason: reasonOf(error), cause: error };
    }
    return { kind: 'success', value: jsonCopy(value, `result of branch ${key.branchId} '${identity.name}'`) };
  }

  private async record(key: StepKey, identity: StepIdentity, outcome: StepOutcome): Promise<RecordedStep> {
    const stored = await this.parts.journal.record(encodeStep(key, identity, outcome));
    return this.parts.progress.add(stored, identity);
  }
}

/** @returns what a failure says, as it will stand in `rollback_reason`. */
export function reasonOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' && message !== '' ? boundedText(message, MAX_REASON_LENGTH) : 'no reason given';
}
