import type { BranchStatus, GlobalStatus } from '@nestjs-dtx/protocol';
import type { TransactionState } from './state';

/** New status of one branch row. */
export interface BranchChange {
  readonly branchId: string;
  readonly op: string;
  readonly status: BranchStatus;
}

/** What has to become durable to get from one state to a later one. */
export interface Changes {
  readonly branches: readonly BranchChange[];
  readonly status?: GlobalStatus;
  readonly rollbackReason?: string;
}

const NO_BRANCHES: readonly BranchChange[] = [];

/**
 * @param durable the state as it was last stored
 * @param current the state now, evolved from `durable`
 * @returns the difference in rows and status, `undefined` if there is none
 */
export function changesBetween(durable: TransactionState, current: TransactionState): Changes | undefined {
  const branches = durable.branches === current.branches ? NO_BRANCHES : branchChanges(durable, current);
  const statusChanged = durable.status !== current.status;
  const reasonChanged = durable.rollbackReason !== current.rollbackReason;
  if (branches.length === 0 && !statusChanged && !reasonChanged) return undefined;
  const changes: { -readonly [K in keyof Changes]: Changes[K] } = { branches };
  if (statusChanged) changes.status = current.status;
  if (reasonChanged) changes.rollbackReason = current.rollbackReason;
  return changes;
}

function branchChanges(durable: TransactionState, current: TransactionState): BranchChange[] {
  const changes: BranchChange[] = [];
  current.branches.forEach((branch, index) => {
    if (durable.branches[index]?.status === branch.status) return;
    changes.push({ branchId: branch.branchId, op: branch.op, status: branch.status });
  });
  return changes;
}
