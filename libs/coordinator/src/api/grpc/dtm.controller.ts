import { Controller, Inject, UseFilters } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { WaitResult } from '@nestjs-dtx/engine';
import {
  DTM_SERVICE_NAME,
  newGid,
  parseGrpcAbortRequest,
  parseGrpcBranchRegistration,
  parseGrpcTransactionRequest,
  type DtmBranchRequestMessage,
  type DtmProgressesReplyMessage,
  type DtmRequestMessage,
  type DtmTopicRequestMessage,
} from '@nestjs-dtx/protocol';
import type { CoordinatorSettings } from '../../coordinator.settings';
import { SETTINGS } from '../../coordinator.tokens';
import { TopicService } from '../../topics/topic.service';
import { TransactionService } from '../../transactions/transaction.service';
import { DtmExceptionFilter } from './grpc-exception.filter';
import { GrpcRefusedError, waitRefusal } from './grpc-refusal';

/** What a method without data answers: a message without fields. */
const EMPTY = {} as const;

/** The service of dtm (spec 3), over the same services as the HTTP API. Translates only. */
@Controller()
@UseFilters(new DtmExceptionFilter())
export class DtmController {
  constructor(
    private readonly transactions: TransactionService,
    private readonly topics: TopicService,
    @Inject(SETTINGS) private readonly settings: CoordinatorSettings,
  ) {}

  @GrpcMethod(DTM_SERVICE_NAME, 'NewGid')
  newGid() {
    return { Gid: newGid() };
  }

  @GrpcMethod(DTM_SERVICE_NAME, 'Prepare')
  async prepare(message: DtmRequestMessage) {
    await this.transactions.prepare(parseGrpcTransactionRequest(message, this.settings.limits));
    return EMPTY;
  }

  @GrpcMethod(DTM_SERVICE_NAME, 'Submit')
  async submit(message: DtmRequestMessage) {
    return answer(await this.transactions.submit(parseGrpcTransactionRequest(message, this.settings.limits)));
  }

  @GrpcMethod(DTM_SERVICE_NAME, 'Abort')
  async abort(message: DtmRequestMessage) {
    const { gid, rollbackReason } = parseGrpcAbortRequest(message);
    return answer(await this.transactions.abort(gid, rollbackReason));
  }

  @GrpcMethod(DTM_SERVICE_NAME, 'RegisterBranch')
  async registerBranch(message: DtmBranchRequestMessage) {
    await this.transactions.registerBranch(parseGrpcBranchRegistration(message, this.settings.limits));
    return EMPTY;
  }

  /** With `Result`, which dtm leaves out: who runs a finished workflow again is told what it came to (Q18). */
  @GrpcMethod(DTM_SERVICE_NAME, 'PrepareWorkflow')
  async prepareWorkflow(message: DtmRequestMessage): Promise<DtmProgressesReplyMessage> {
    const request = parseGrpcTransactionRequest(message, this.settings.limits);
    const { transaction, branches } = await this.transactions.prepareWorkflow(request);
    return {
      Transaction: {
        Gid: transaction.gid,
        Status: transaction.status,
        RollbackReason: transaction.rollbackReason,
        Result: transaction.result,
      },
      Progresses: branches.map(({ status, payload, branchId, op }) => ({
        Status: status,
        BinData: payload,
        BranchID: branchId,
        Op: op,
      })),
    };
  }

  @GrpcMethod(DTM_SERVICE_NAME, 'Subscribe')
  async subscribe({ Topic, URL, Remark }: DtmTopicRequestMessage) {
    await this.topics.subscribe(Topic, URL, Remark);
    return EMPTY;
  }

  @GrpcMethod(DTM_SERVICE_NAME, 'Unsubscribe')
  async unsubscribe({ Topic, URL }: DtmTopicRequestMessage) {
    await this.topics.unsubscribe(Topic, URL);
    return EMPTY;
  }

  @GrpcMethod(DTM_SERVICE_NAME, 'DeleteTopic')
  async deleteTopic({ Topic }: DtmTopicRequestMessage) {
    await this.topics.delete(Topic);
    return EMPTY;
  }
}

/** @throws GrpcRefusedError unless a client that waits is told of a success */
function answer(waited: WaitResult | undefined): typeof EMPTY {
  const refusal = waited && waitRefusal(waited);
  if (refusal) throw new GrpcRefusedError(refusal);
  return EMPTY;
}
