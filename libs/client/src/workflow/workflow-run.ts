import { WorkflowMisuseError } from '../errors/workflow-misuse.error';
import { PhaseTwo } from './phase-two';
import type { StepRecorder } from './step-recorder';
import { WorkflowEndedError } from './workflow-end';

/** What all lanes of one execution of a workflow's function share. */
export class WorkflowRun {
  readonly phaseTwo = new PhaseTwo();
  private readonly halts: unknown[] = [];
  private readonly underWay = new Set<Promise<unknown>>();
  private isOpen = true;

  constructor(
    readonly gid: string,
    readonly recorder: StepRecorder,
    /** @returns whether an error is a refusal for good. */
    readonly isFailure: (error: unknown) => boolean,
  ) {}

  /** Notes that something has an unknown outcome: whatever the function makes of it, this run has none either. */
  halt(error: unknown): void {
    this.halts.push(error);
  }

  /** @throws the reason for which this run has no outcome, if there is one; that the workflow has one already comes first */
  checkNotHalted(): void {
    if (this.halts.length === 0) return;
    throw this.halts.find((error) => error instanceof WorkflowEndedError) ?? this.halts[0];
  }

  /** @throws WorkflowMisuseError when the function has returned already */
  checkOpen(what: string): void {
    if (!this.isOpen) throw new WorkflowMisuseError(this.gid, `${what} is started after the function has ended`);
  }

  /** Makes the end of the run wait for a piece of work, also if the function does not. */
  track<T>(work: Promise<T>): Promise<T> {
    this.underWay.add(work);
    const forget = (): void => void this.underWay.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** Ends the function's part: waits for steps that it has left alone, which is a misuse, and lets no other one start. */
  async close(): Promise<void> {
    this.isOpen = false;
    if (this.underWay.size === 0) return;
    await Promise.allSettled(this.underWay);
    this.halt(new WorkflowMisuseError(this.gid, 'the function has ended before its steps: await each of them'));
  }
}
