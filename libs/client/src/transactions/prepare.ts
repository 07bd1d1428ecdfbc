import { CoordinatorUnreachableError } from '../errors/coordinator-unreachable.error';
import { TransactionFailedError } from '../errors/transaction-failed.error';
import { refusal, type CoordinatorApi } from './coordinator-api';
import { isSuccess } from './is-success';

/**
 * Creates a transaction in the status `prepared` (spec 2.5). Repeating it is harmless as long as it is prepared.
 *
 * @throws TransactionFailedError its gid belongs to a transaction that was rolled back
 * @throws CoordinatorRefusedError it was submitted before, or the request is wrong
 * @throws CoordinatorUnreachableError outcome `not-submitted`: if it was stored, it will time out
 */
export async function prepareTransaction(api: CoordinatorApi, request: { readonly gid: string }): Promise<void> {
  const { gid } = request;
  const { answer, lastFailure } = await api.command('/prepare', request);
  if (!answer) {
    const call = { coordinator: api.url, gid, outcome: 'not-submitted' } as const;
    throw new CoordinatorUnreachableError(call, { cause: lastFailure });
  }
  if (isSuccess(answer)) return;
  const stored = answer.status === 409 ? (await api.lookUp(gid)).transaction : null;
  if (stored?.status === 'aborting' || stored?.status === 'failed') {
    throw new TransactionFailedError(gid, stored.status, stored.rollback_reason ?? '');
  }
  throw refusal(answer);
}
