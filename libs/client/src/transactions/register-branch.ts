import { CoordinatorUnreachableError } from '../errors/coordinator-unreachable.error';
import { refusal, type CoordinatorApi } from './coordinator-api';
import { isSuccess } from './is-success';
import type { PayloadBody } from './payload';

interface Registration {
  readonly gid: string;
  readonly branch_id: string;
  /** Body of the calls of phase 2, or a step's result. */
  readonly data?: PayloadBody;
}

/** Body of `registerBranch`: flat, every value a string (spec 2.8). */
export type BranchRegistrationRequest = Registration &
  (
    | { readonly trans_type: 'tcc'; readonly confirm: string; readonly cancel: string }
    | { readonly trans_type: 'xa'; readonly url: string }
    | { readonly trans_type: 'workflow'; readonly op: string; readonly status: 'succeed' | 'failed' }
  );

/**
 * Adds a branch to a prepared transaction, or records a step of a workflow (spec 2.8). For tcc and xa the same registration
 * may be repeated (Q38), so one whose answer was lost is.
 *
 * @throws CoordinatorRefusedError the transaction is not prepared any more, or has another branch under this id
 * @throws CoordinatorUnreachableError
 */
export async function registerBranch(api: CoordinatorApi, request: BranchRegistrationRequest): Promise<void> {
  const { answer, lastFailure } = await api.command('/registerBranch', request);
  if (!answer) {
    const call = { coordinator: api.url, gid: request.gid, outcome: 'not-submitted' } as const;
    throw new CoordinatorUnreachableError(call, { cause: lastFailure });
  }
  if (!isSuccess(answer)) throw refusal(answer);
}
