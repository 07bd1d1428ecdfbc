import { OPS } from '@nestjs-dtx/protocol';
import { answerOf, type BranchAnswer } from '../branch/branch-answer';
import { checkText, urlOfHandler } from '../transactions/branch-url';
import type { Initiator } from '../transactions/initiator';
import { optionalPayloadBody, payloadBody, type OptionalPayload, type PayloadBody } from '../transactions/payload';
import { callSettings, type CallOptions } from '../transactions/call-settings';
import { registerBranch } from '../transactions/register-branch';
import type { BranchScope } from '../two-phase/branch-scope';

/** A branch by URLs: `http(s)://…` or `svc://service/handler`. An empty one means that there is nothing to call. */
export interface TccBranch {
  readonly try: string;
  readonly confirm: string;
  readonly cancel: string;
  /** Sent as JSON to all three; left out altogether, they are called without a body (GET). */
  readonly payload?: unknown;
}

/**
 * Phase 1 of a tcc transaction (spec 5.2). Every call registers a branch at the coordinator, then calls its try from here;
 * confirm and cancel are the coordinator's to call. Branches may run at the same time.
 */
export class Tcc {
  constructor(
    private readonly initiator: Initiator,
    private readonly scope: BranchScope,
    private readonly options: CallOptions,
  ) {}

  get gid(): string {
    return this.scope.gid;
  }

  /**
   * Adds a branch by the name of registered handlers.
   *
   * @param name `service/handler`
   * @param payload sent as JSON to try, confirm and cancel
   * @returns the answer of the try
   * @throws as {@link branch}
   */
  step(name: string, ...payload: OptionalPayload): Promise<BranchAnswer> {
    return this.scope.branch(async (branchId) => {
      const url = urlOfHandler(name, 'name');
      return this.call(branchId, { try: url, confirm: url, cancel: url }, optionalPayloadBody(payload, 'payload'));
    });
  }

  /**
   * Adds a branch by URLs.
   *
   * @returns the answer of the try
   * @throws BranchFailureError the try refuses
   * @throws BranchOngoingError, BranchCallError the try has not succeeded: what it may have done is cancelled
   * @throws CoordinatorRefusedError the transaction is not prepared any more: it has timed out, or was stopped
   * @throws CoordinatorUnreachableError
   * @throws InvalidRequestError naming the wrong field
   * @throws DtxError `DTX_BRANCH_ID_EXHAUSTED` beyond 99 branches or ten levels (spec 1.3)
   */
  branch(branch: TccBranch): Promise<BranchAnswer> {
    return this.scope.branch(async (branchId) => {
      for (const op of [OPS.try, OPS.confirm, OPS.cancel] as const) checkText(branch[op], op);
      return this.call(
        branchId,
        branch,
        Object.hasOwn(branch, 'payload') ? payloadBody(branch.payload, 'payload') : '',
      );
    });
  }

  private async call(branchId: string, urls: Omit<TccBranch, 'payload'>, data: PayloadBody): Promise<BranchAnswer> {
    const { api, branches } = this.initiator;
    const { gid } = this.scope;
    const { confirm, cancel } = urls;
    await registerBranch(api, { gid, trans_type: 'tcc', branch_id: branchId, data, confirm, cancel });
    const reply = await branches.call({
      url: urls.try,
      info: { transType: 'tcc', gid, branchId, op: OPS.try, dtm: api.url },
      ...(data.length === 0 ? { method: 'GET' } : { method: 'POST', body: data }),
      ...callSettings(this.options),
    });
    return answerOf(urls.try, reply);
  }
}
