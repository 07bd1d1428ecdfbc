import { DEFAULT_LIMITS, parseTransactionRequest, type RequestLimits } from '@nestjs-dtx/protocol';

/** How much is too much is the coordinator's to say, as it can be configured there. */
const WITHOUT_LIMITS = Object.fromEntries(
  Object.keys(DEFAULT_LIMITS).map((name) => [name, Number.POSITIVE_INFINITY]),
) as unknown as RequestLimits;

/**
 * Finds before sending what the coordinator would refuse, with the coordinator's own rules.
 *
 * @throws InvalidRequestError naming the first wrong field
 */
export function checkRequest<Request>(request: Request): Request {
  parseTransactionRequest(request, WITHOUT_LIMITS);
  return request;
}
