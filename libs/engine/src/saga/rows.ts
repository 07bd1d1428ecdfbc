import { OPS, stepBranchId, type TransactionRequest } from '@nestjs-dtx/protocol';
import type { BranchCall } from '../decision';
import type { Branch, TransactionState } from '../state';

/** Rows of one step, with their positions among the branches. */
export interface SagaStep {
  readonly action: Branch;
  readonly compensate: Branch;
  readonly actionRow: number;
  readonly compensateRow: number;
}

/** Rows of a new saga: for each step first `compensate`, then `action`, both with the step's payload (spec 5.1). */
export function sagaBranches(request: TransactionRequest): Branch[] {
  const branches: Branch[] = [];
  request.steps.forEach((step, index) => {
    const branchId = stepBranchId(index);
    const payload = request.payloads[index]!;
    branches.push({ branchId, op: OPS.compensate, url: step.compensate, payload, status: 'prepared' });
    branches.push({ branchId, op: OPS.action, url: step.action, payload, status: 'prepared' });
  });
  return branches;
}

/** @returns how many steps that many rows make. */
export function stepCount(branchCount: number): number {
  return branchCount / 2;
}

/** Pairs the rows of a stored saga. They were written in this order by {@link sagaBranches} or by dtm, and are read in it. */
export function sagaSteps(state: TransactionState): SagaStep[] {
  const steps: SagaStep[] = [];
  for (let row = 0; row + 1 < state.branches.length; row += 2) {
    steps.push({
      compensate: state.branches[row]!,
      compensateRow: row,
      action: state.branches[row + 1]!,
      actionRow: row + 1,
    });
  }
  return steps;
}

export function actionCall({ action, actionRow }: SagaStep): BranchCall {
  return { branchId: action.branchId, op: action.op, url: action.url, payload: action.payload, row: actionRow };
}

export function compensateCall({ compensate, compensateRow }: SagaStep): BranchCall {
  const { branchId, op, url, payload } = compensate;
  return { branchId, op, url, payload, row: compensateRow };
}
