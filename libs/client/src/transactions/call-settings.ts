import type { BranchRequest } from '../branch/branch-request';
import type { RequestOptions } from './request-options';

/** What calls of branches take from the options of their transaction. */
export type CallOptions = Pick<RequestOptions, 'branch_headers' | 'request_timeout'>;

/** @returns the options as a call of a branch by the initiator needs them */
export function callSettings({
  branch_headers: headers,
  request_timeout: seconds,
}: CallOptions): Pick<BranchRequest, 'headers' | 'timeoutMs'> {
  return { ...(headers && { headers }), ...(seconds && { timeoutMs: seconds * 1000 }) };
}
