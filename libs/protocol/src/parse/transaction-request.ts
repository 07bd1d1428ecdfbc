import { InvalidRequestError } from '../errors';
import { MAX_REASON_LENGTH, type RequestLimits } from '../limits';
import { boundedText } from '../text';
import type { RequestStep, TransactionOptions, TransactionRequest } from '../transaction-request';
import { PROTOCOLS, TRANS_TYPES, isTransType, type Protocol, type TransType } from '../vocabulary';
import { checkBranchHeaders } from './branch-headers';
import { checkBusinessKey } from './business-key';
import { arrayOf, booleanOf, integerOf, objectOf, stringMapOf, stringOf, type Fields } from './fields';
import { checkGid } from './gid';
import { checkUrl } from './url';

const NO_PAYLOAD = new Uint8Array(0);

/**
 * Validates the body of `prepare`, `submit` and `prepareWorkflow` (spec 2.2). Hand-written: this runs once per
 * transaction on the hot path, where class-validator alone would cost more than the rest of the request.
 * Tolerates what SDKs really send: nulls, unknown keys, `[]` for an empty map, the legacy payload in `steps[].data`.
 *
 * @param body the parsed JSON, `undefined` for an empty body
 * @throws InvalidRequestError naming the first wrong field
 */
export function parseTransactionRequest(body: unknown, limits: RequestLimits): TransactionRequest {
  const fields = objectOf(body, 'body');
  return readTransactionRequest(fields, limits, (legacy, steps) => payloadsOf(fields, legacy, steps, limits));
}

/** @see readTransactionRequest @param legacy payloads in the steps themselves @returns one payload per step */
export type PayloadsOf = (legacy: readonly string[], steps: number) => Uint8Array[];

/** Validates everything but the payloads, which arrive in another form on each road. @throws InvalidRequestError */
export function readTransactionRequest(
  fields: Fields,
  limits: RequestLimits,
  payloads: PayloadsOf,
): TransactionRequest {
  const gid = checkGid(stringOf(fields, 'gid'));
  const transType = transTypeOf(fields);
  const { steps, legacyPayloads } = stepsOf(fields, limits);
  const customData = stringOf(fields, 'custom_data');
  if (customData.length > limits.customDataLength) {
    throw new InvalidRequestError('custom_data', `must not be longer than ${limits.customDataLength} characters`);
  }
  return {
    gid,
    transType,
    steps,
    payloads: payloads(legacyPayloads, steps.length),
    queryPrepared: urlOf(fields, 'query_prepared', 'query_prepared'),
    protocol: protocolOf(fields),
    customData,
    rollbackReason: boundedText(stringOf(fields, 'rollback_reason'), MAX_REASON_LENGTH),
    businessKey: checkBusinessKey(stringOf(fields, 'business_key')),
    options: optionsOf(fields, limits),
    reqExtra: stringMapOf(fields, 'req_extra') ?? {},
  };
}

/** Body of `abort`: the stored transaction decides everything else, whatever `trans_type` the request claims (Q37). */
export function parseAbortRequest(body: unknown): { gid: string; rollbackReason: string } {
  const fields = objectOf(body, 'body');
  return {
    gid: checkGid(stringOf(fields, 'gid')),
    rollbackReason: boundedText(stringOf(fields, 'rollback_reason'), MAX_REASON_LENGTH),
  };
}

function transTypeOf(fields: Fields): TransType {
  const text = stringOf(fields, 'trans_type');
  if (!isTransType(text)) throw new InvalidRequestError('trans_type', `must be one of ${TRANS_TYPES.join(', ')}`);
  return text;
}

function protocolOf(fields: Fields): Protocol {
  const text = stringOf(fields, 'protocol');
  if (text === '') return 'http';
  if (!(PROTOCOLS as readonly string[]).includes(text)) {
    throw new InvalidRequestError('protocol', `must be one of ${PROTOCOLS.join(', ')}`);
  }
  return text as Protocol;
}

function stepsOf(fields: Fields, limits: RequestLimits): { steps: RequestStep[]; legacyPayloads: string[] } {
  const raw = arrayOf(fields, 'steps');
  if (raw.length > limits.steps) {
    throw new InvalidRequestError('steps', `must not hold more than ${limits.steps} entries`);
  }
  const steps: RequestStep[] = [];
  const legacyPayloads: string[] = [];
  raw.forEach((entry, index) => {
    const field = `steps[${index}]`;
    const step = objectOf(entry, field);
    steps.push({
      action: urlOf(step, 'action', `${field}.action`),
      compensate: urlOf(step, 'compensate', `${field}.compensate`),
    });
    const data = stringOf(step, 'data', `${field}.data`);
    if (data !== '') legacyPayloads.push(data);
  });
  return { steps, legacyPayloads };
}

function urlOf(fields: Fields, key: string, field: string): string {
  return checkUrl(stringOf(fields, key, field), field);
}

function payloadsOf(
  fields: Fields,
  legacyPayloads: readonly string[],
  steps: number,
  limits: RequestLimits,
): Uint8Array[] {
  const texts = arrayOf(fields, 'payloads').map((entry, index) => {
    if (entry !== null && typeof entry !== 'string') {
      throw new InvalidRequestError(`payloads[${index}]`, 'must be a string');
    }
    return entry ?? '';
  });
  const all = legacyPayloads.length === 0 ? texts : [...texts, ...legacyPayloads];
  return onePerStep(
    all.map((text) => (text === '' ? NO_PAYLOAD : Buffer.from(text, 'utf8'))),
    steps,
    limits,
  );
}

/** @throws InvalidRequestError when there are too few payloads, or one is too large */
export function onePerStep(all: readonly Uint8Array[], steps: number, limits: RequestLimits): Uint8Array[] {
  if (all.length < steps) throw new InvalidRequestError('payloads', `must hold one entry per step, ${steps} in all`);
  const payloads = all.slice(0, steps);
  const index = payloads.findIndex(({ byteLength }) => byteLength > limits.payloadBytes);
  if (index < 0) return payloads;
  throw new InvalidRequestError(`payloads[${index}]`, `must not be larger than ${limits.payloadBytes} bytes`);
}

function optionsOf(fields: Fields, limits: RequestLimits): TransactionOptions {
  const waitResult = booleanOf(fields, 'wait_result');
  const concurrent = booleanOf(fields, 'concurrent');
  const timeoutToFail = integerOf(fields, 'timeout_to_fail');
  const requestTimeout = integerOf(fields, 'request_timeout');
  const retryInterval = integerOf(fields, 'retry_interval');
  const retryLimit = integerOf(fields, 'retry_limit');
  const maxAttempts = integerOf(fields, 'max_attempts');
  const onComplete = urlOf(fields, 'on_complete', 'on_complete');
  const branchHeaders = stringMapOf(fields, 'branch_headers');
  // Assignments and not conditional spreads: this runs for every transaction, and each spread is a slow path of V8's.
  const options: { -readonly [K in keyof TransactionOptions]: TransactionOptions[K] } = {};
  if (waitResult) options.waitResult = true;
  if (concurrent) options.concurrent = true;
  if (timeoutToFail > 0) options.timeoutToFail = timeoutToFail;
  if (requestTimeout > 0) options.requestTimeout = requestTimeout;
  if (retryInterval > 0) options.retryInterval = retryInterval;
  if (retryLimit > 0) options.retryLimit = retryLimit;
  if (maxAttempts > 0) options.maxAttempts = maxAttempts;
  if (onComplete !== '') options.onComplete = onComplete;
  if (branchHeaders) options.branchHeaders = checkBranchHeaders(branchHeaders, limits.headers);
  return options;
}
