import type { BranchStatus, Protocol, TransType } from './vocabulary';

/** One row that a registration adds to its transaction. */
export interface RegisteredBranch {
  readonly branchId: string;
  readonly op: string;
  readonly url: string;
  readonly payload: Uint8Array;
  readonly status: BranchStatus;
}

/** A `registerBranch` request after validation (spec 2.8). */
export interface BranchRegistration {
  readonly gid: string;
  readonly transType: Extract<TransType, 'tcc' | 'xa' | 'workflow'>;
  /** How its URLs are called where they do not say so themselves; absent: http. */
  readonly protocol?: Protocol;
  /** In the order in which they are stored. */
  readonly branches: readonly RegisteredBranch[];
}
