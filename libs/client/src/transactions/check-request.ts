import { DEFAULT_LIMITS, parseTransactionRequest, type RequestLimits } from '@nestjs-dtx/protocol';
import type { PayloadBody } from './payload';

/** How much is too much is the coordinator's to say, as it can be configured there. */
const WITHOUT_LIMITS = Object.fromEntries(
  Object.keys(DEFAULT_LIMITS).map((name) => [name, Number.POSITIVE_INFINITY]),
) as unknown as RequestLimits;

/**
 * Finds before sending what the coordinator would refuse, with the coordinator's own rules.
 *
 * @throws InvalidRequestError naming the first wrong field
 */
export function checkRequest<Request extends object>(request: Request): Request {
  parseTransactionRequest(withoutBytes(request), WITHOUT_LIMITS);
  return request;
}

/** The rules are those of texts, and there are none for the content of payloads. */
function withoutBytes(request: { readonly payloads?: readonly PayloadBody[] }): object {
  const { payloads } = request;
  if (!payloads?.some((payload) => typeof payload !== 'string')) return request;
  return { ...request, payloads: payloads.map((payload) => (typeof payload === 'string' ? payload : '')) };
}
