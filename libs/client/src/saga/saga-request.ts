import { DEFAULT_LIMITS, InvalidRequestError, parseTransactionRequest, type RequestLimits } from '@nestjs-dtx/protocol';

/** Body of a saga's submit as it goes over the wire (spec 2.2). Durations are seconds. */
export interface SagaRequest {
  readonly gid: string;
  readonly trans_type: 'saga';
  readonly steps: readonly { readonly action: string; readonly compensate: string }[];
  /** JSON text, one per step; empty for a call without a body. */
  readonly payloads: readonly string[];
  /** JSON text: `{"concurrent":bool,"orders":{"<step>":[<step>…]}}`; absent for a plain sequence. */
  readonly custom_data?: string;
  /** Shown by queries only: what counts stands in `custom_data`. */
  readonly concurrent?: true;
  readonly wait_result?: boolean;
  readonly timeout_to_fail?: number;
  readonly retry_interval?: number;
  readonly retry_limit?: number;
  readonly request_timeout?: number;
  readonly branch_headers?: Readonly<Record<string, string>>;
}

/** How much is too much is the coordinator's to say, as it can be configured there. */
const WITHOUT_LIMITS = Object.fromEntries(
  Object.keys(DEFAULT_LIMITS).map((name) => [name, Number.POSITIVE_INFINITY]),
) as unknown as RequestLimits;

/**
 * Finds before sending what the coordinator would refuse, with the coordinator's own rules.
 *
 * @throws InvalidRequestError naming the first wrong field
 */
export function checkSagaRequest(request: SagaRequest): SagaRequest {
  if (request.steps.length === 0) throw new InvalidRequestError('steps', 'must hold at least one step');
  parseTransactionRequest(request, WITHOUT_LIMITS);
  return request;
}
