import { CoordinatorUnreachableError } from '../errors/coordinator-unreachable.error';
import { refusal, type CoordinatorApi } from './coordinator-api';
import { isSuccess } from './is-success';

/** Body of `abort` (spec 2.7). */
export interface AbortRequest {
  readonly gid: string;
  readonly trans_type: 'tcc' | 'xa' | 'msg';
  readonly rollback_reason?: string;
}

/**
 * Rolls a prepared transaction back (spec 2.7). Repeating it is harmless.
 *
 * @param options whether the coordinator answers only when everything is undone, as `wait_result` asks for
 * @throws CoordinatorRefusedError it is unknown, or not prepared any more
 * @throws CoordinatorUnreachableError
 */
export async function abortTransaction(
  api: CoordinatorApi,
  request: AbortRequest,
  options: { readonly waits: boolean } = { waits: false },
): Promise<void> {
  const { answer, lastFailure } = await api.command('/abort', request, options);
  if (!answer) {
    const call = { coordinator: api.url, gid: request.gid, outcome: 'unknown' } as const;
    throw new CoordinatorUnreachableError(call, { cause: lastFailure });
  }
  if (!isSuccess(answer)) throw refusal(answer);
}
