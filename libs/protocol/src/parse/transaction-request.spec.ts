import { DEFAULT_LIMITS, type RequestLimits } from '../limits';
import type { TransactionRequest } from '../transaction-request';
import { parseAbortRequest, parseTransactionRequest } from './transaction-request';

const SAGA = { gid: 'trip-5', trans_type: 'saga' };

const parse = (fields: object, limits: RequestLimits = DEFAULT_LIMITS): TransactionRequest =>
  parseTransactionRequest({ ...SAGA, ...fields }, limits);

const payloadTexts = (request: TransactionRequest): string[] =>
  request.payloads.map((bytes) => Buffer.from(bytes).toString('utf8'));

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
      business_key: 'order 7781',
      on_complete: 'https://shop/ended',
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
      businessKey: 'order 7781',
      options: {
        waitResult: true,
        concurrent: true,
        timeoutToFail: 60,
        requestTimeout: 6,
        retryInterval: 5,
        retryLimit: 3,
        branchHeaders: { 'x-tenant': 'acme' },
        onComplete: 'https://shop/ended',
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
      businessKey: '',
      options: {},
      reqExtra: {},
    });
  });

  describe('tolerates what SDKs send (spec 2.2)', () => {
    it('null for every optional key', () => {
      const texts = { query_prepared: null, protocol: null, custom_data: null, rollback_reason: null };
      const numbers = { timeout_to_fail: null, request_timeout: null, retry_interval: null, retry_limit: null };
      const flags = { wait_result: null, concurrent: null };
      const lists = { steps: null, payloads: null, branch_headers: null, req_extra: null };
      expect(parse({ ...texts, ...numbers, ...flags, ...lists })).toEqual(parse({}));
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
