import { checkGid, InvalidRequestError } from '@nestjs-dtx/protocol';
import type { BranchInfo } from '../branch/branch-info';
import type { CallOptions } from '../transactions/call-settings';
import { BranchScope } from './branch-scope';

/** The branch in which further branches are started. */
export type ParentBranch = Pick<BranchInfo, 'transType' | 'gid' | 'branchId'>;

/** What {@link joinBranch} passes to the calls of the further branches. */
export interface JoinOptions {
  /** Sent with the calls. */
  readonly branchHeaders?: Readonly<Record<string, string>>;
  /** Of one call. Seconds. */
  readonly requestTimeout?: number;
}

/** The branch that is joined, and the type of transaction that it must be of. */
export interface Joined {
  readonly parent: ParentBranch;
  readonly transType: 'tcc' | 'xa';
  readonly options: JoinOptions;
}

/**
 * Adds branches from within phase 1 of another one (spec 1.3, 9.4): they belong to the same transaction, and their ids begin
 * with that of the other one.
 *
 * @param work starts the branches and awaits them
 * @returns what the work returns
 * @throws what the work throws, or else the error of the first branch that failed: the branch that is joined must fail as well
 */
export async function joinBranch<T>(
  { parent, transType, options: { branchHeaders, requestTimeout } }: Joined,
  work: (scope: BranchScope, options: CallOptions) => Promise<T>,
): Promise<T> {
  if (parent.transType !== transType) {
    throw new InvalidRequestError('transType', `must be ${transType}: only a branch of that type can be joined`);
  }
  const options: CallOptions = {
    ...(branchHeaders && { branch_headers: branchHeaders }),
    ...(requestTimeout !== undefined && { request_timeout: requestTimeout }),
  };
  const scope = new BranchScope(checkGid(parent.gid), parent.branchId);
  return scope.around(async () => work(scope, options));
}
