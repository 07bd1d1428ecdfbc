import { CoordinatorUnreachableError } from '../errors/coordinator-unreachable.error';
import type { CoordinatorApi } from '../transactions/coordinator-api';
import { submitTransaction, type SubmitRequest } from '../transactions/submit';

/**
 * Submits a message that the coordinator has already. It delivers it also without the submit, if the check-back says that the
 * local transaction was committed.
 *
 * @throws CoordinatorUnreachableError always with the outcome `unknown`: what does not reach the coordinator is decided by the
 * check-back, so nobody may start the same business again
 * @throws TransactionFailedError, NotFinishedError, CoordinatorRefusedError
 */
export async function submitPrepared(api: CoordinatorApi, request: SubmitRequest): Promise<void> {
  try {
    await submitTransaction(api, request);
  } catch (error) {
    if (!(error instanceof CoordinatorUnreachableError) || error.outcome === 'unknown') throw error;
    const call = { coordinator: api.url, gid: request.gid, outcome: 'unknown' } as const;
    throw new CoordinatorUnreachableError(call, { cause: error.cause });
  }
}
