import { checkGid, InvalidRequestError } from '@nestjs-dtx/protocol';
import type { BranchInfo } from '../branch/branch-info';
import { BranchScope } from '../two-phase/branch-scope';
import type { CallOptions } from '../transactions/call-settings';
import type { Initiator } from '../transactions/initiator';
import { Tcc } from './tcc';

/** The try in which further branches are started. */
export type ParentBranch = Pick<BranchInfo, 'transType' | 'gid' | 'branchId'>;

/** @see joinTcc */
export interface JoinOptions {
  /** Sent with the tries. */
  readonly branchHeaders?: Readonly<Record<string, string>>;
  /** Of one try. Seconds. */
  readonly requestTimeout?: number;
}

/**
 * Adds branches from within a try (spec 9.4): they belong to the same transaction, and their ids begin with the try's.
 *
 * @returns what the work returns
 * @throws what the work throws, or else the error of the first branch that failed: the try must fail as well
 */
export async function joinTcc<T>(
  initiator: Initiator,
  parent: ParentBranch,
  work: (tcc: Tcc) => Promise<T>,
  { branchHeaders, requestTimeout }: JoinOptions,
): Promise<T> {
  if (parent.transType !== 'tcc') throw new InvalidRequestError('transType', 'must be tcc: only a try can be joined');
  const options: CallOptions = {
    ...(branchHeaders && { branch_headers: branchHeaders }),
    ...(requestTimeout !== undefined && { request_timeout: requestTimeout }),
  };
  const scope = new BranchScope(checkGid(parent.gid), parent.branchId);
  return scope.around(async () => work(new Tcc(initiator, scope, options)));
}
