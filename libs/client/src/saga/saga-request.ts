import { InvalidRequestError } from '@nestjs-dtx/protocol';
import { checkRequest } from '../transactions/check-request';
import type { PayloadBody } from '../transactions/payload';
import type { RequestOptions } from '../transactions/request-options';

/** Body of a saga's submit as it goes over the wire (spec 2.2). Durations are seconds. */
export interface SagaRequest extends RequestOptions {
  readonly gid: string;
  readonly trans_type: 'saga';
  readonly steps: readonly { readonly action: string; readonly compensate: string }[];
  /** JSON text or bytes, one per step; empty for a call without a body. */
  readonly payloads: readonly PayloadBody[];
  /** JSON text: `{"concurrent":bool,"orders":{"<step>":[<step>…]}}`; absent for a plain sequence. */
  readonly custom_data?: string;
  /** Shown by queries only: what counts stands in `custom_data`. */
  readonly concurrent?: true;
}

/**
 * Finds before sending what the coordinator would refuse, with the coordinator's own rules.
 *
 * @throws InvalidRequestError naming the first wrong field
 */
export function checkSagaRequest(request: SagaRequest): SagaRequest {
  if (request.steps.length === 0) throw new InvalidRequestError('steps', 'must hold at least one step');
  return checkRequest(request);
}
