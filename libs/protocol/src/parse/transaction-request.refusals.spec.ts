import { InvalidRequestError } from '../errors';
import { DEFAULT_LIMITS, type RequestLimits } from '../limits';
import { parseTransactionRequest } from './transaction-request';

const SAGA = { gid: 'trip-5', trans_type: 'saga' };

/** Field and message of the refusal. */
function refusalOf(body: unknown, limits: RequestLimits = DEFAULT_LIMITS): { field: string; message: string } {
  try {
    parseTransactionRequest(body, limits);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    return { field: error.field, message: error.message };
  }
  throw new Error('the request was accepted');
}

describe('parseTransactionRequest refuses', () => {
  it.each([
    ['an empty body', undefined, 'gid must not be empty'],
    ['null', null, 'gid must not be empty'],
    ['an array', [], 'body must be a JSON object'],
    ['a text', 'saga', 'body must be a JSON object'],
    ['a number', 7, 'body must be a JSON object'],
    ['a missing gid', { trans_type: 'saga' }, 'gid must not be empty'],
    ['an empty gid', { gid: '', trans_type: 'saga' }, 'gid must not be empty'],
    ['a gid that is no text', { gid: 5, trans_type: 'saga' }, 'gid must be a string'],
    ['a missing trans_type', { gid: 'g' }, 'trans_type must be one of saga, tcc, xa, msg, workflow'],
    [
      'an unknown trans_type',
      { gid: 'g', trans_type: 'Saga' },
      'trans_type must be one of saga, tcc, xa, msg, workflow',
    ],
    ['a trans_type that is no text', { gid: 'g', trans_type: ['saga'] }, 'trans_type must be a string'],
  ])('%s as body', (_, body, message) => {
    expect(refusalOf(body)).toEqual({ field: message.split(' ')[0], message });
  });

  it.each([
    ['protocol', 'soap', 'must be one of http, grpc, json-rpc'],
    ['protocol', 1, 'must be a string'],
    ['query_prepared', {}, 'must be a string'],
    ['query_prepared', 'x'.repeat(8193), 'must not be longer than 8192 characters'],
    ['query_prepared', 'http://a/\0', 'must not contain control characters'],
    ['custom_data', { concurrent: true }, 'must be a string'],
    ['custom_data', 'x'.repeat(DEFAULT_LIMITS.customDataLength + 1), 'must not be longer than 262144 characters'],
    ['rollback_reason', 5, 'must be a string'],
    ['business_key', 7, 'must be a string'],
    ['business_key', 'x'.repeat(129), 'must not be longer than 128 characters'],
    ['business_key', 'a\0', 'must not contain control characters'],
    ['business_key', 'a\ud800', 'must not contain control characters'],
    ['on_complete', {}, 'must be a string'],
    ['on_complete', `http://shop/${'x'.repeat(8192)}`, 'must not be longer than 8192 characters'],
    ['on_complete', 'http://shop/\n', 'must not contain control characters'],
    ['wait_result', 'true', 'must be true or false'],
    ['wait_result', 1, 'must be true or false'],
    ['concurrent', 0, 'must be true or false'],
    ['timeout_to_fail', '60', 'must be an integer'],
    ['timeout_to_fail', 1.5, 'must be an integer'],
    ['timeout_to_fail', -1, 'must not be negative'],
    ['request_timeout', 2_147_483_648, 'must not exceed 2147483647'],
    ['retry_interval', 1e300, 'must not exceed 2147483647'],
    ['retry_limit', true, 'must be an integer'],
    ['retry_limit', [], 'must be an integer'],
    ['branch_headers', 'x', 'must be an object with string values'],
    ['branch_headers', ['x'], 'must be an object with string values'],
    ['branch_headers', { 'x-n': 1 }, 'must be an object with string values'],
    [
      'branch_headers',
      { host: 'evil' },
      'must not set connection, content-length, expect, host, keep-alive, transfer-encoding, upgrade',
    ],
    ['req_extra', { status: true }, 'must be an object with string values'],
    ['req_extra', 3, 'must be an object with string values'],
    ['steps', {}, 'must be an array'],
    ['steps', 'http://a', 'must be an array'],
    ['payloads', '{}', 'must be an array'],
  ])('%s: %j', (field, value, problem) => {
    expect(refusalOf({ ...SAGA, [field]: value })).toEqual({ field, message: `${field} ${problem}` });
  });

  it.each([
    ['steps[1]', [{}, 'http://a'], 'must be a JSON object'],
    ['steps[0]', [[]], 'must be a JSON object'],
    ['steps[0].action', [{ action: 5 }], 'must be a string'],
    ['steps[1].compensate', [{}, { compensate: {} }], 'must be a string'],
    ['steps[0].data', [{ data: { n: 1 } }], 'must be a string'],
    ['steps[0].action', [{ action: `http://a/${'x'.repeat(8192)}` }], 'must not be longer than 8192 characters'],
    ['steps[0].action', [{ action: 'http://a/\nb' }], 'must not contain control characters'],
    ['steps[1].compensate', [{}, { compensate: 'http://a/\uD800' }], 'must not contain control characters'],
  ])('%s: %j', (field, steps, problem) => {
    expect(refusalOf({ ...SAGA, steps, payloads: ['', ''] })).toEqual({ field, message: `${field} ${problem}` });
  });

  it('fewer payloads than steps', () => {
    expect(refusalOf({ ...SAGA, steps: [{}, {}], payloads: ['1'] })).toEqual({
      field: 'payloads',
      message: 'payloads must hold one entry per step, 2 in all',
    });
  });

  it('a payload that is no text', () => {
    expect(refusalOf({ ...SAGA, steps: [{}, {}], payloads: ['1', { n: 1 }] })).toEqual({
      field: 'payloads[1]',
      message: 'payloads[1] must be a string',
    });
  });

  it('more than the limits allow', () => {
    const limits: RequestLimits = { bodyBytes: 1, payloadBytes: 4, steps: 2, headers: 1, customDataLength: 3 };
    const refused = (fields: object): string => refusalOf({ ...SAGA, ...fields }, limits).message;
    expect(refused({ steps: [{}, {}, {}], payloads: ['', '', ''] })).toBe('steps must not hold more than 2 entries');
    expect(refused({ steps: [{}], payloads: ['ü€'] })).toBe('payloads[0] must not be larger than 4 bytes');
    expect(refused({ custom_data: '1234' })).toBe('custom_data must not be longer than 3 characters');
    expect(refused({ branch_headers: { a: '', b: '' } })).toBe('branch_headers must not hold more than 1 entries');
    const within = { ...SAGA, steps: [{}], payloads: ['üü'], custom_data: '123', branch_headers: { a: '' } };
    expect(parseTransactionRequest(within, limits).payloads).toHaveLength(1);
  });
});
