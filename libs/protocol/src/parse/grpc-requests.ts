import type { BranchRegistration } from '../branch-registration';
import { InvalidRequestError } from '../errors';
import type { DtmBranchRequestMessage, DtmRequestMessage } from '../grpc/dtm-messages';
import type { RequestLimits } from '../limits';
import type { TransactionRequest } from '../transaction-request';
import { readBranchRegistration } from './branch-registration';
import { onePerStep, parseAbortRequest, readTransactionRequest } from './transaction-request';

/*
 * Requests over gRPC (spec 3.3): the rules are those of HTTP, the protocol is always grpc, and payloads are bytes. Errors name
 * fields as HTTP does; grpcFieldName tells what they are called here.
 */

/** Validates a `DtmRequest` of Prepare, Submit and PrepareWorkflow. @throws InvalidRequestError naming the first wrong field */
export function parseGrpcTransactionRequest(message: DtmRequestMessage, limits: RequestLimits): TransactionRequest {
  const fields = {
    gid: message.Gid,
    trans_type: message.TransType,
    protocol: 'grpc',
    steps: stepsOf(message.Steps),
    query_prepared: message.QueryPrepared,
    custom_data: message.CustomedData,
    rollback_reason: message.RollbackReason,
    business_key: message.BusinessKey,
    req_extra: message.ReqExtra,
    ...optionsOf(message.TransOptions),
  };
  return readTransactionRequest(fields, limits, (_legacy, steps) => onePerStep(message.BinPayloads, steps, limits));
}

/** Reads a `DtmRequest` of Abort. @throws InvalidRequestError naming the first wrong field */
export function parseGrpcAbortRequest(message: DtmRequestMessage): { gid: string; rollbackReason: string } {
  return parseAbortRequest({ gid: message.Gid, rollback_reason: message.RollbackReason });
}

/** Validates a `DtmBranchRequest`. @throws InvalidRequestError naming the first wrong field */
export function parseGrpcBranchRegistration(
  message: DtmBranchRequestMessage,
  limits: RequestLimits,
): BranchRegistration {
  const fields = {
    op: message.Op,
    ...message.Data,
    gid: message.Gid,
    trans_type: message.TransType,
    branch_id: message.BranchID,
  };
  return { ...readBranchRegistration(fields, message.BusiPayload, limits), protocol: 'grpc' };
}

const NAMES: Readonly<Record<string, string>> = {
  gid: 'Gid',
  trans_type: 'TransType',
  steps: 'Steps',
  payloads: 'BinPayloads',
  query_prepared: 'QueryPrepared',
  custom_data: 'CustomedData',
  business_key: 'BusinessKey',
  req_extra: 'ReqExtra',
  branch_id: 'BranchID',
  data: 'BusiPayload',
  confirm: 'Data.confirm',
  cancel: 'Data.cancel',
  url: 'Data.url',
  op: 'Data.op',
  status: 'Data.status',
  timeout_to_fail: 'TransOptions.TimeoutToFail',
  request_timeout: 'TransOptions.RequestTimeout',
  retry_interval: 'TransOptions.RetryInterval',
  retry_limit: 'TransOptions.RetryLimit',
  branch_headers: 'TransOptions.BranchHeaders',
  max_attempts: 'TransOptions.MaxAttempts',
  on_complete: 'TransOptions.OnComplete',
};

/** @returns what a field of an {@link InvalidRequestError} is called in the messages of dtm */
export function grpcFieldName(field: string): string {
  const name = /^\w+/.exec(field)?.[0] ?? '';
  return (Object.hasOwn(NAMES, name) ? NAMES[name]! : name) + field.slice(name.length);
}

/** SDKs without steps send nothing or `null` (spec 3.2). */
function stepsOf(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidRequestError('steps', 'must be the JSON text of an array', { cause: error });
  }
}

function optionsOf(options: DtmRequestMessage['TransOptions']): Readonly<Record<string, unknown>> {
  if (!options) return {};
  return {
    wait_result: options.WaitResult,
    concurrent: options.Concurrent,
    timeout_to_fail: options.TimeoutToFail,
    request_timeout: options.RequestTimeout,
    retry_interval: options.RetryInterval,
    retry_limit: options.RetryLimit,
    max_attempts: options.MaxAttempts,
    on_complete: options.OnComplete,
    branch_headers: options.BranchHeaders,
  };
}
