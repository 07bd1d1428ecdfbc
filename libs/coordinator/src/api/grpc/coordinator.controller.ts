import { Controller, UseFilters } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  checkGid,
  COORDINATOR_SERVICE_NAME,
  DtxError,
  ERROR_CODES,
  InvalidRequestError,
  type BranchView,
  type GrpcBranch,
  type GrpcTransaction,
  type ListRequestMessage,
  type TransactionView,
} from '@nestjs-dtx/protocol';
import { QueryService, type ListQuery } from '../../operations/query.service';
import { TransactionService } from '../../transactions/transaction.service';
import { CoordinatorExceptionFilter } from './grpc-exception.filter';

const DEFAULT_PAGE = 100;
/** Largest page: more would load the store and the caller's memory for nothing. */
const MAX_PAGE = 1000;

/** What dtm offers over HTTP alone: looking up, ending and nudging transactions. Translates only. */
@Controller()
@UseFilters(new CoordinatorExceptionFilter())
export class CoordinatorController {
  constructor(
    private readonly queries: QueryService,
    private readonly transactions: TransactionService,
  ) {}

  @GrpcMethod(COORDINATOR_SERVICE_NAME, 'Query')
  async query({ gid }: { readonly gid: string }) {
    const { transaction, branches } = await this.queries.query(checkGid(gid));
    if (!transaction) throw new DtxError(ERROR_CODES.notFound, 'there is no such transaction');
    return { transaction: transactionOf(transaction), branches: branches.map(branchOf) };
  }

  @GrpcMethod(COORDINATOR_SERVICE_NAME, 'List')
  async list(request: ListRequestMessage) {
    const { transactions, next_position } = await this.queries.list(listQueryOf(request));
    return { transactions: (transactions ?? []).map(transactionOf), next_position };
  }

  @GrpcMethod(COORDINATOR_SERVICE_NAME, 'ForceStop')
  async forceStop({ gid }: { readonly gid: string }) {
    await this.transactions.forceStop(checkGid(gid));
    return {};
  }

  @GrpcMethod(COORDINATOR_SERVICE_NAME, 'RetryNow')
  async retryNow({ gid }: { readonly gid: string }) {
    await this.queries.rearm(checkGid(gid));
    return {};
  }
}

/** The message calls everything as the view does; what it lacks is left out when it is written. */
const transactionOf = (view: TransactionView): GrpcTransaction => view;

const branchOf = (view: BranchView): GrpcBranch => ({ ...view, payload: Buffer.from(view.bin_data ?? '', 'base64') });

/** @throws InvalidRequestError naming the first wrong field */
function listQueryOf(request: ListRequestMessage): ListQuery {
  const { status, trans_type, business_key, position } = request;
  if (position !== '' && !/^\d{1,15}$/.test(position)) {
    throw new InvalidRequestError('position', 'must be the next_position of a page');
  }
  const limit = request.limit === 0 ? DEFAULT_PAGE : request.limit;
  if (limit < 1 || limit > MAX_PAGE) throw new InvalidRequestError('limit', `must be between 1 and ${MAX_PAGE}`);
  const [from, to] = [instantOf(request, 'create_time_start'), instantOf(request, 'create_time_end')];
  return {
    limit,
    ...(status && { status }),
    ...(trans_type && { transType: trans_type }),
    ...(business_key && { businessKey: business_key }),
    ...(position && { position: Number(position) }),
    ...(from !== 0 && { createTimeStart: from }),
    ...(to !== 0 && { createTimeEnd: to }),
  };
}

/** Last instant that a date can hold. Milliseconds. */
const MAX_INSTANT = 8_640_000_000_000_000;

function instantOf(request: ListRequestMessage, field: 'create_time_start' | 'create_time_end'): number {
  const instant = request[field];
  if (instant < 0 || instant > MAX_INSTANT) throw new InvalidRequestError(field, 'must be milliseconds since 1970');
  return instant;
}
