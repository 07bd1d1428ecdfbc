import { BranchOngoingError } from '../errors/branch-ongoing.error';
import type { StoredWorkflow } from './stored-workflow';
import type { StepRow } from './step';
import type { StepJournal } from './step-recorder';
import type { WorkflowApi } from './workflow-api';
import { WorkflowEndedError, type WorkflowEnd } from './workflow-end';

/**
 * Keeps what one run does, and settles its races with other runs of the same workflow: **the first record of a step counts**,
 * for all of them. The coordinator refuses a second one (spec 2.8), and this run then takes over what is stored.
 */
export class WorkflowJournal implements StepJournal {
  /**
   * @param givesWay whether this run ends as soon as it meets another one. A run that nobody waits for may: the other one
   * goes on, or the coordinator calls back. So steps are not done twice for longer than need be.
   */
  constructor(
    private readonly api: WorkflowApi,
    private readonly gid: string,
    private readonly givesWay: boolean,
  ) {}

  /**
   * @returns what is stored under the row's key
   * @throws WorkflowEndedError the workflow was finished meanwhile
   * @throws BranchOngoingError this run gives way to another one
   * @throws CoordinatorRefusedError, CoordinatorUnreachableError
   */
  async record(row: StepRow): Promise<StepRow> {
    const { accepted, uncertain, refused } = await this.api.record(this.gid, row);
    if (accepted) return row;
    const { end, rows } = await this.stored(refused);
    if (end) throw new WorkflowEndedError(this.gid, end);
    const stored = rows.find(({ branchId, op }) => branchId === row.branchId && op === row.op);
    if (!stored) throw refused;
    const isOurs = uncertain && stored.status === row.status && stored.data === row.data;
    if (this.givesWay && !isOurs) throw new BranchOngoingError('another run of this workflow is under way');
    return stored;
  }

  /**
   * @returns the end that is stored: this one, or that of a run that was faster
   * @throws CoordinatorRefusedError, CoordinatorUnreachableError
   */
  async finish(end: WorkflowEnd): Promise<WorkflowEnd> {
    const { accepted, refused } = await this.api.submit(this.gid, end);
    if (accepted) return end;
    const { end: stored } = await this.stored(refused);
    if (!stored) throw refused;
    return stored;
  }

  private async stored(refused: Error): Promise<StoredWorkflow> {
    const stored = await this.api.find(this.gid);
    if (!stored) throw refused;
    return stored;
  }
}
