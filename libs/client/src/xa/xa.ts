import { OPS } from '@nestjs-dtx/protocol';
import { answerOf, type BranchAnswer } from '../branch/branch-answer';
import { callSettings, type CallOptions } from '../transactions/call-settings';
import { checkText, urlOfHandler } from '../transactions/branch-url';
import type { Initiator } from '../transactions/initiator';
import { optionalPayloadBody, type OptionalPayload, type PayloadBody } from '../transactions/payload';
import type { BranchScope } from '../two-phase/branch-scope';

/**
 * Phase 1 of an xa transaction, as its initiator sees it (spec 5.3): every call has a participant do its work and prepare it.
 * The participant registers itself. Branches may run at the same time, unless they meet in the same rows.
 */
export class Xa {
  constructor(
    private readonly initiator: Initiator,
    private readonly scope: BranchScope,
    private readonly options: CallOptions,
  ) {}

  get gid(): string {
    return this.scope.gid;
  }

  /**
   * Adds a branch by the name of a registered handler.
   *
   * @param name `service/handler`
   * @param payload sent as JSON
   * @returns the participant's answer
   * @throws as {@link branch}
   */
  step(name: string, ...payload: OptionalPayload): Promise<BranchAnswer> {
    return this.start(() => urlOfHandler(name, 'name'), payload);
  }

  /**
   * Adds a branch by the one URL of its work, commit and rollback.
   *
   * @param url `http(s)://…` or `svc://service/handler`
   * @param payload sent as JSON with the work only
   * @returns the participant's answer
   * @throws BranchFailureError the participant refuses
   * @throws BranchOngoingError, BranchCallError it has not succeeded: what it may have prepared is rolled back
   * @throws InvalidRequestError naming the wrong field
   * @throws DtxError `DTX_BRANCH_ID_EXHAUSTED` beyond 99 branches (spec 1.3)
   */
  branch(url: string, ...payload: OptionalPayload): Promise<BranchAnswer> {
    return this.start(() => checkText(url, 'url'), payload);
  }

  private start(urlOf: () => string, payload: OptionalPayload): Promise<BranchAnswer> {
    return this.scope.branch(async (branchId) => this.call(branchId, urlOf(), optionalPayloadBody(payload, 'payload')));
  }

  private async call(branchId: string, url: string, body: PayloadBody): Promise<BranchAnswer> {
    const { api, branches } = this.initiator;
    const reply = await branches.call({
      url,
      info: { transType: 'xa', gid: this.gid, branchId, op: OPS.action, dtm: api.url, phase2Url: url },
      method: 'POST',
      ...(body.length > 0 && { body }),
      ...callSettings(this.options),
    });
    return answerOf(url, reply);
  }
}
