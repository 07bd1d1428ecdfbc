import { ORIGIN_OPS } from '@nestjs-dtx/protocol';
import type { HttpSender } from './http-request';
import { Progress } from './progress';
import { runWorkflow, type WorkflowFunction } from './run-workflow';
import type { StepRow, WorkflowStep } from './step';
import type { RunHooks } from './step-recorder';
import { WorkflowEndedError, type WorkflowEnd } from './workflow-end';

export const GID = 'g1';

/** A process that dies at a given moment: before or after one of its outside actions, each of which counts two. */
export class MortalProcess {
  private dead = false;

  /** @param moments that it lives through; the default is immortality */
  constructor(private moments = Number.POSITIVE_INFINITY) {}

  /** Something that others see: it happens, or not, and then its caller learns of it, or not. */
  async act<T>(action: () => T): Promise<T> {
    await this.pass();
    const result = action();
    await this.pass();
    return result;
  }

  private async pass(): Promise<void> {
    this.moments -= 1;
    this.dead ||= this.moments < 0;
    if (this.dead) throw new Error('the process has died');
    await Promise.resolve();
  }
}

/** Everything outside of the processes that run one workflow: the coordinator's rows, and participants with barriers. */
export class WorkflowWorld {
  readonly rows: StepRow[] = [];
  end: WorkflowEnd | undefined;
  /** Effects that took place, as `op branch`, in their order. */
  readonly effects: string[] = [];
  /** Attempts at effects, guarded or not. */
  attempts = 0;
  private readonly barrier = new Set<string>();

  /** One branch request at a participant with a barrier (spec 8.3). */
  effect({ branchId, op }: WorkflowStep): void {
    this.attempts += 1;
    const origin = ORIGIN_OPS[op];
    const tookPlace = origin !== undefined && this.insert(`${origin} ${branchId}`);
    if (!this.insert(`${op} ${branchId}`) || tookPlace) return;
    this.effects.push(`${op} ${branchId}`);
  }

  /** One run of the workflow, from what is recorded so far. */
  run<Input>(
    workflow: WorkflowFunction<Input, unknown>,
    input: Input,
    process: MortalProcess = new MortalProcess(),
    parts: { readonly http?: HttpSender; readonly hooks?: Partial<RunHooks> } = {},
  ): Promise<WorkflowEnd> {
    return runWorkflow(workflow, input, {
      gid: GID,
      progress: new Progress(GID, [...this.rows]),
      journal: { record: (row) => process.act(() => this.record(row)) },
      finish: (end) => process.act(() => (this.end ??= end)),
      http: parts.http ?? { send: () => Promise.reject(new Error('there is no participant')) },
      hooks: {
        isFailure: (error) => (error as { code?: string }).code === 'DTX_FAILURE',
        around: (_step, work) => work(),
        signal: new AbortController().signal,
        ...parts.hooks,
      },
    });
  }

  /** The recorded steps as `branch op status`. */
  get notation(): string[] {
    return this.rows.map(({ branchId, op, status }) => `${branchId} ${op} ${status}`);
  }

  /** As the coordinator does (spec 2.8): the first record of a step counts. */
  private record(row: StepRow): StepRow {
    if (this.end) throw new WorkflowEndedError(GID, this.end);
    const stored = this.rows.find(({ branchId, op }) => branchId === row.branchId && op === row.op);
    if (!stored) this.rows.push(row);
    return stored ?? row;
  }

  private insert(row: string): boolean {
    const isNew = !this.barrier.has(row);
    this.barrier.add(row);
    return isNew;
  }
}
