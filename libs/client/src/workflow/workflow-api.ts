import type { BranchView, QueryView, TransactionView } from '@nestjs-dtx/protocol';
import { CoordinatorRefusedError } from '../errors/coordinator-refused.error';
import { CoordinatorUnreachableError } from '../errors/coordinator-unreachable.error';
import { jsonObjectOf } from '../http/answer-text';
import type { Delivery } from '../http/deliver';
import { refusal, type CoordinatorApi } from '../transactions/coordinator-api';
import { isSuccess } from '../transactions/is-success';
import { storedWorkflow, type StoredWorkflow } from './stored-workflow';
import type { StepRow } from './step';
import type { WorkflowEnd } from './workflow-end';
import type { WorkflowRequest } from './workflow-request';

/** What a command came to. */
export interface Told {
  readonly accepted: boolean;
  /** Whether an earlier try, whose answer was lost, may have been accepted. */
  readonly uncertain: boolean;
  /** The refusal, if it was not accepted. */
  readonly refused: Error;
}

/** The coordinator's part in workflows (spec 2.6, 2.8, 2.9). */
export class WorkflowApi {
  constructor(private readonly api: CoordinatorApi) {}

  /**
   * Creates a workflow, or finds it as it is.
   *
   * @throws CoordinatorRefusedError, CoordinatorUnreachableError
   * @throws InvalidRequestError when the gid belongs to something else
   */
  async prepare(request: WorkflowRequest): Promise<StoredWorkflow> {
    const { answer, lastFailure, uncertain } = await this.api.command('/prepareWorkflow', request);
    if (!answer) {
      const call = {
        coordinator: this.api.url,
        gid: request.gid,
        outcome: uncertain ? 'unknown' : 'not-submitted',
      } as const;
      throw new CoordinatorUnreachableError(call, { cause: lastFailure });
    }
    // Some coordinators answer with no transaction (Q39).
    if (answer.status !== 200) throw refusal(answer);
    const { transaction, progresses } = jsonObjectOf(answer.body) ?? {};
    if (typeof transaction !== 'object' || transaction === null) {
      throw new CoordinatorRefusedError(200, `what answers at ${this.api.url} is no coordinator`);
    }
    const branches = Array.isArray(progresses) ? (progresses as BranchView[]) : [];
    const view = transaction as Partial<TransactionView>;
    // Over gRPC it does not say what belongs to the gid (spec 3.2), and that may be something else than was asked for.
    if (view.trans_type === undefined) return (await this.find(request.gid)) ?? this.vanished(request.gid);
    return storedWorkflow({ transaction: view as TransactionView, branches });
  }

  /**
   * @returns the workflow, undefined for an unknown gid
   * @throws CoordinatorRefusedError, CoordinatorUnreachableError, InvalidRequestError
   */
  async find(gid: string): Promise<StoredWorkflow | undefined> {
    const { transaction, branches }: QueryView = await this.api.lookUp(gid);
    return transaction ? storedWorkflow({ transaction, branches }) : undefined;
  }

  /** Records a step. @throws CoordinatorUnreachableError */
  async record(gid: string, { branchId, op, status, data }: StepRow): Promise<Told> {
    const body = { gid, trans_type: 'workflow', branch_id: branchId, op, status, data };
    return this.told(gid, await this.api.command('/registerBranch', body));
  }

  /** Stores how it ended. @throws CoordinatorUnreachableError */
  async submit(gid: string, end: WorkflowEnd): Promise<Told> {
    const body = { gid, trans_type: 'workflow', req_extra: extraOf(end) };
    return this.told(gid, await this.api.command('/submit', body));
  }

  private vanished(gid: string): never {
    throw new CoordinatorRefusedError(
      200,
      `the coordinator at ${this.api.url} has no workflow ${gid} that it prepared`,
    );
  }

  private told(gid: string, { answer, uncertain, lastFailure }: Delivery): Told {
    if (!answer) {
      const call = { coordinator: this.api.url, gid, outcome: 'unknown' } as const;
      throw new CoordinatorUnreachableError(call, { cause: lastFailure });
    }
    return { accepted: isSuccess(answer), uncertain, refused: refusal(answer) };
  }
}

/** Spec 2.6: all values are strings. */
function extraOf(end: WorkflowEnd): Record<string, string> {
  if (end.status === 'failed') {
    return { status: end.status, rollback_reason: end.reason, result: '' };
  }
  const result = end.result === undefined ? '' : Buffer.from(JSON.stringify(end.result)).toString('base64');
  return { status: end.status, rollback_reason: '', result };
}
