import { OPS } from '@nestjs-dtx/protocol';
import type { Reply } from '../http';
import { BranchError, callBranch } from './branch-request';
import { CommandError, isAccepted } from './command-channel';

/** What `prepareWorkflow` answers, as far as SDKs read it (spec 2.9). */
export interface WorkflowView {
  readonly transaction: { readonly status: string; readonly rollback_reason?: string; readonly result?: string };
  readonly progresses: readonly Progress[];
}

interface Progress {
  readonly branch_id: string;
  readonly op: string;
  readonly status: string;
  /** Base64. */
  readonly bin_data?: string;
}

/** Stores one row of progress. */
type Recorder = (row: Readonly<Record<string, string>>) => Promise<Reply>;

/** A piece of work. @returns its result */
export type Work = (branch: WorkflowBranch) => Promise<string>;

/** One execution of a workflow: what was recorded before is not done again (spec 9.6). */
export class WorkflowRun {
  private branchCount = 0;
  private readonly onCommit: (() => Promise<unknown>)[] = [];
  private readonly onRollback: { readonly branch: WorkflowBranch; readonly work: () => Promise<unknown> }[] = [];
  private readonly known: ReadonlyMap<string, Progress>;

  constructor(
    private readonly gid: string,
    private readonly record: Recorder,
    progresses: readonly Progress[],
  ) {
    this.known = new Map(progresses.map((progress) => [`${progress.branch_id}-${progress.op}`, progress]));
  }

  newBranch(): WorkflowBranch {
    this.branchCount += 1;
    return new WorkflowBranch(this, this.gid, String(this.branchCount).padStart(2, '0'));
  }

  commitWith(branch: WorkflowBranch, work: Work): void {
    this.onCommit.push(() => this.recorded(branch, OPS.commit, work));
  }

  rollBackWith(branch: WorkflowBranch, work: Work): void {
    this.onRollback.push({ branch, work: () => this.recorded(branch, OPS.rollback, work) });
  }

  /** Carries out one operation of a branch, unless its outcome is known. A failed action is not undone. */
  async recorded(branch: WorkflowBranch, op: string, work: Work): Promise<string> {
    const known = this.known.get(`${branch.id}-${op}`);
    const outcome = known ? outcomeOf(known) : await this.firstOutcome(branch, op, work);
    if (typeof outcome === 'string') return outcome;
    const own = this.onRollback.findIndex((entry) => entry.branch === branch);
    if (op === OPS.action && own >= 0) this.onRollback.splice(own, 1);
    throw outcome;
  }

  async commit(): Promise<void> {
    for (const work of this.onCommit.reverse()) await work();
  }

  async rollBack(): Promise<void> {
    for (const { work } of this.onRollback.reverse()) await work();
  }

  /** Success and refusal are recorded; whatever else happens is thrown, and tried again by the next execution. */
  private async firstOutcome(branch: WorkflowBranch, op: string, work: Work): Promise<string | BranchError> {
    try {
      const data = await work(branch);
      await this.store({ branch_id: branch.id, op, status: 'succeed', data });
      return data;
    } catch (error) {
      if (!(error instanceof BranchError) || error.result !== 'fail') throw error;
      await this.store({ branch_id: branch.id, op, status: 'failed', data: error.message });
      return error;
    }
  }

  async store(row: Readonly<Record<string, string>>): Promise<void> {
    const reply = await this.record(row);
    if (!isAccepted(reply)) throw new CommandError('registerBranch', reply);
  }
}

/** One branch of a workflow under way. */
export class WorkflowBranch {
  constructor(
    private readonly run: WorkflowRun,
    private readonly gid: string,
    readonly id: string,
  ) {}

  onCommit(work: Work): this {
    this.run.commitWith(this, work);
    return this;
  }

  onRollback(work: Work): this {
    this.run.rollBackWith(this, work);
    return this;
  }

  action(work: Work): Promise<string> {
    return this.run.recorded(this, OPS.action, work);
  }

  /** Stores a row beside those of its operations. */
  note(op: string): Promise<void> {
    return this.run.store({ branch_id: this.id, op, status: 'succeed', data: '' });
  }

  /** Calls an endpoint of a service in the name of this branch. @throws BranchError */
  async request(url: string, op: string, body: string): Promise<string> {
    await callBranch({ url, info: { gid: this.gid, trans_type: 'workflow', branch_id: this.id, op }, body });
    return body;
  }
}

function outcomeOf({ status, bin_data: data = '' }: Progress): string | BranchError {
  const text = Buffer.from(data, 'base64').toString();
  return status === 'failed' ? new BranchError('fail', text) : text;
}
