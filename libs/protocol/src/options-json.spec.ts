import fc from 'fast-check';
import { optionsFromJson, optionsToJson } from './options-json';
import type { TransactionOptions } from './transaction-request';

const seconds = fc.integer({ min: 1, max: 2_147_483_647 });
const options: fc.Arbitrary<TransactionOptions> = fc.record(
  {
    waitResult: fc.constant(true),
    timeoutToFail: seconds,
    requestTimeout: seconds,
    retryInterval: seconds,
    branchHeaders: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { minKeys: 1, noNullPrototype: true }),
    concurrent: fc.constant(true),
    retryLimit: seconds,
    maxAttempts: seconds,
    onComplete: fc.webUrl(),
  },
  { requiredKeys: [] },
);

describe('the options column', () => {
  it('reads back what was written', () => {
    fc.assert(fc.property(options, (given) => expect(optionsFromJson(optionsToJson(given))).toEqual(given)));
  });

  it('always says whether the transaction is concurrent, and leaves out what is not set', () => {
    expect(optionsToJson({})).toBe('{"concurrent":false}');
    expect(
      JSON.parse(optionsToJson({ waitResult: true, retryLimit: 3, branchHeaders: { 'x-tenant': 'acme' } })),
    ).toEqual({
      concurrent: false,
      wait_result: true,
      retry_limit: 3,
      branch_headers: { 'x-tenant': 'acme' },
    });
  });

  it('reads an empty column as no options', () => {
    expect(optionsFromJson('')).toEqual({});
  });

  it('reads what dtm wrote, zero values and unknown keys included', () => {
    const column =
      '{"concurrent":true,"wait_result":false,"timeout_to_fail":60,"request_timeout":0,"retry_interval":0,' +
      '"branch_headers":null,"retry_limit":0,"retry_count":1}';
    expect(optionsFromJson(column)).toEqual({ concurrent: true, timeoutToFail: 60 });
  });
});
