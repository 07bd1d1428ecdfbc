import { InvalidRequestError } from '../errors';
import { DEFAULT_LIMITS, type RequestLimits } from '../limits';
import type { TransactionRequest } from '../transaction-request';
import { parseAbortRequest, parseTransactionRequest } from './transaction-request';

const SAGA = { gid: 'trip-5', trans_type: 'saga' };

const parse = (fields: object, limits: RequestLimits = DEFAULT_LIMITS): TransactionRequest =>
  parseTransactionRequest({ ...SAGA, ...fields }, limits);

const payloadTexts = (request: TransactionRequest): string[] =>
  request.payloads.map((bytes) => Buffer.from(bytes).toString('utf8'));

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

describe('parseTransactionRequest', () => {
  it('reads a full request', () => {
    const request = parse({
      steps: [
        { action: 'http://air/book', compensate: 'http://air/unbook' },
        { action: 'svc://hotel/book', compensate: '' },
      ],
      payloads: ['{"seat":"12A"}', ''],
      custom_data: '{"concurrent":true}',
      query_prepared: 'http://air/check',
      protocol: 'json-rpc',
      rollback_reason: 'stock too low',
      wait_result: true,
      concurrent: true,
      timeout_to_fail: 60,
      request_timeout: 6,
      retry_interval: 5,
      retry_limit: 3,
      branch_headers: { 'x-tenant': 'acme' },
      req_extra: { status: 'succeed' },
    });
    expect(request).toEqual({
      gid: 'trip-5',
      transType: 'saga',
      steps: [
        { action: 'http://air/book', compensate: 'http://air/unbook' },
        { action: 'svc://hotel/book', compensate: '' },
      ],
      payloads: [Buffer.from('{"seat":"12A"}'), new Uint8Array(0)],
      queryPrepared: 'http://air/check',
      protocol: 'json-rpc',
      customData: '{"concurrent":true}',
      rollbackReason: 'stock too low',
      options: {
        waitResult: true,
        concurrent: true,
        timeoutToFail: 60,
        requestTimeout: 6,
        retryInterval: 5,
        retryLimit: 3,
        branchHeaders: { 'x-tenant': 'acme' },
      },
      reqExtra: { status: 'succeed' },
    });
  });

  it('needs nothing but gid and trans_type', () => {
    expect(parse({})).toEqual({
      gid: 'trip-5',
      transType: 'saga',
      steps: [],
      payloads: [],
      queryPrepared: '',
      protocol: 'http',
      customData: '',
      rollbackReason: '',
      options: {},
      reqExtra: {},
    });
  });

  describe('tolerates what SDKs send (spec 2.2)', () => {
    it('null for every optional key', () => {
      const keys = [
        ...['steps', 'payloads', 'query_prepared', 'protocol', 'custom_data', 'rollback_reason', 'wait_result'],
        ...['concurrent', 'timeout_to_fail', 'request_timeout', 'retry_interval', 'retry_limit', 'retry_count'],
        ...['branch_headers', 'req_extra', 'passthrough_headers'],
      ];
      expect(parse(Object.fromEntries(keys.map((key) => [key, null])))).toEqual(parse({}));
    });

    it('null inside steps and payloads', () => {
      const request = parse({ steps: [{ action: null, compensate: null, data: null }, null], payloads: [null, null] });
      expect(request.steps).toEqual([
        { action: '', compensate: '' },
        { action: '', compensate: '' },
      ]);
      expect(payloadTexts(request)).toEqual(['', '']);
    });

    it('unknown keys and keys of the stored row', () => {
      const context = { subType: 'x', status: 'succeed', try: 'http://a', branch_id: 7, dtm: {}, op: [], owner: 'me' };
      expect(parse({ ...context, phase2_url: 'x', barrier_id: 1, next_cron_time: 'x', retry_count: 2 })).toEqual(
        parse({}),
      );
    });

    it('the last of duplicate keys', () => {
      const body: unknown = JSON.parse('{"gid":"a","trans_type":"saga","gid":"b","subType":1,"subType":null}');
      expect(parseTransactionRequest(body, DEFAULT_LIMITS).gid).toBe('b');
    });

    it('[] for an empty map', () => {
      expect(parse({ branch_headers: [], req_extra: [] })).toEqual(parse({}));
    });

    it('{} for a map without entries', () => {
      expect(parse({ branch_headers: {}, req_extra: {} })).toEqual(parse({}));
    });

    it('null for the value of a header', () => {
      expect(parse({ branch_headers: { 'x-tenant': null } }).options.branchHeaders).toEqual({ 'x-tenant': '' });
    });

    it('payloads inside the steps, behind those of the list', () => {
      const steps = [{ action: 'http://a', data: '{"n":1}' }, { action: 'http://b', data: '' }, { data: 'second' }];
      expect(payloadTexts(parse({ steps, payloads: ['first'] }))).toEqual(['first', '{"n":1}', 'second']);
    });

    it('more payloads than steps', () => {
      expect(payloadTexts(parse({ steps: [{ action: 'http://a' }], payloads: ['1', '2'] }))).toEqual(['1']);
    });

    it('zero values of options, which mean that they are not set', () => {
      const zero = { wait_result: false, concurrent: false, timeout_to_fail: 0, request_timeout: 0, retry_interval: 0 };
      expect(parse({ ...zero, retry_limit: 0 }).options).toEqual({});
    });

    it('an empty protocol as http', () => {
      expect(parse({ protocol: '' }).protocol).toBe('http');
    });

    it('payloads of any text, byte for byte', () => {
      const payloads = ['null', ' {"a":1.0} ', 'ü😀'];
      expect(payloadTexts(parse({ steps: [{}, {}, {}], payloads }))).toEqual(payloads);
    });
  });

  describe('refuses', () => {
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
      ['branch_headers', { host: 'evil' }, /^branch_headers must not set/],
      ['req_extra', { status: true }, 'must be an object with string values'],
      ['req_extra', 3, 'must be an object with string values'],
      ['steps', {}, 'must be an array'],
      ['steps', 'http://a', 'must be an array'],
      ['payloads', '{}', 'must be an array'],
    ])('%s: %j', (field, value, problem) => {
      const refusal = refusalOf({ ...SAGA, [field]: value });
      expect(refusal.field).toBe(field);
      if (typeof problem === 'string') expect(refusal.message).toBe(`${field} ${problem}`);
      else expect(refusal.message).toMatch(problem);
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
      expect(
        parse({ steps: [{}], payloads: ['üü'], custom_data: '123', branch_headers: { a: '' } }, limits),
      ).toBeDefined();
    });
  });

  it('cuts a long rollback_reason instead of refusing it', () => {
    expect(parse({ rollback_reason: 'x'.repeat(5000) }).rollbackReason).toHaveLength(4096);
  });

  it('treats __proto__ as any unknown key', () => {
    const body: unknown = JSON.parse('{"gid":"g","trans_type":"saga","__proto__":{"wait_result":true,"steps":7}}');
    expect(parseTransactionRequest(body, DEFAULT_LIMITS).options).toEqual({});
  });
});

describe('parseAbortRequest', () => {
  it('reads gid and reason and nothing else', () => {
    expect(parseAbortRequest({ gid: 'g', trans_type: 'nonsense', steps: 5, rollback_reason: 'stock too low' })).toEqual(
      {
        gid: 'g',
        rollbackReason: 'stock too low',
      },
    );
  });

  it.each([
    [undefined, 'gid must not be empty'],
    [[], 'body must be a JSON object'],
    [{ gid: 'a;b' }, 'gid must not contain control characters or ";"'],
    [{ gid: 'g', rollback_reason: 5 }, 'rollback_reason must be a string'],
  ])('refuses %j', (body, message) => {
    expect(() => parseAbortRequest(body)).toThrow(expect.objectContaining({ code: 'DTX_INVALID_REQUEST', message }));
  });

  it('cuts a long reason without leaving half a character', () => {
    const { rollbackReason } = parseAbortRequest({ gid: 'g', rollback_reason: `${'x'.repeat(4095)}😀` });
    expect(rollbackReason).toBe('x'.repeat(4095));
  });
});
