import { boundedText } from '@nestjs-dtx/protocol';
import { abortTransaction } from '../transactions/abort';
import type { CoordinatorApi } from '../transactions/coordinator-api';
import { prepareTransaction } from '../transactions/prepare';
import { submitTransaction } from '../transactions/submit';
import type { BranchScope } from './branch-scope';
import type { TwoPhaseRequest } from './two-phase-request';

/** What fits into the columns of every coordinator there is (Q23). Characters. */
const MAX_REASON = 1000;

/**
 * The course of a tcc or xa transaction (spec 9.4, 9.5): prepare, phase 1 by the work, then submit, or abort when anything
 * has failed. A submit whose outcome is unknown is not followed by an abort: it may have come through.
 *
 * @throws what the work has thrown, or what prepare and submit throw
 */
export async function runTwoPhase<T>(
  api: CoordinatorApi,
  request: TwoPhaseRequest,
  scope: BranchScope,
  work: () => Promise<T>,
): Promise<T> {
  await prepareTransaction(api, request);
  let result: T;
  try {
    result = await scope.around(work);
  } catch (error) {
    await abortBecause(api, request, error);
    throw error;
  }
  await submitTransaction(api, request);
  return result;
}

/** If the abort does not get through, the transaction times out instead: the caller's own error is what counts. */
async function abortBecause(api: CoordinatorApi, request: TwoPhaseRequest, error: unknown): Promise<void> {
  const { gid, trans_type, wait_result: waits = false } = request;
  const rollback_reason = boundedText(error instanceof Error ? error.message : String(error), MAX_REASON);
  await abortTransaction(api, { gid, trans_type, rollback_reason }, { waits }).catch(() => {});
}
