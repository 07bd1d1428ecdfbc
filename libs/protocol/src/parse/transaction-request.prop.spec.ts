import fc from 'fast-check';
import { DtxError } from '../errors';
import { DEFAULT_LIMITS } from '../limits';
import type { TransactionRequest } from '../transaction-request';
import { parseAbortRequest, parseTransactionRequest } from './transaction-request';

/** Whatever JSON can hold, with the result words among it as often as chance allows. */
const word = fc.constantFrom('FAILURE', 'ONGOING', 'a FAILURE b', 'ONGOING;', 'FAILURE\n', `${'x'.repeat(200)}FAILURE`);
const text = fc.oneof(word, fc.string(), fc.string({ unit: 'binary' }));
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.constantFrom(null, true, false),
    fc.double(),
    fc.integer(),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(text, tie('json'), { maxKeys: 4 }),
  ),
}));
const map = fc.dictionary(text, text, { maxKeys: 3 });
const KEYS = {
  gid: fc.oneof(text, json),
  trans_type: fc.oneof(fc.constantFrom('saga', 'tcc', 'xa', 'msg', 'workflow'), text, json),
  steps: fc.oneof(fc.array(fc.oneof(map, fc.record({ action: text, compensate: json, data: text }))), json),
  payloads: fc.oneof(fc.array(text), json),
  query_prepared: json,
  protocol: fc.oneof(fc.constantFrom('', 'http', 'grpc'), json),
  custom_data: json,
  rollback_reason: json,
  wait_result: json,
  timeout_to_fail: json,
  retry_limit: json,
  branch_headers: fc.oneof(map, json),
  req_extra: fc.oneof(map, json),
};
/** Broken everywhere, or right except for a few keys. */
const body = fc.oneof(
  json,
  fc.record(KEYS, { requiredKeys: [] }),
  fc.record(KEYS, { requiredKeys: [] }).map((fields) => ({ ...fields, gid: 'trip-5', trans_type: 'saga' })),
);

function refusalOf(parse: () => unknown): DtxError | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof DtxError) return error;
    throw error;
  }
}

describe('requests of any shape', () => {
  it.each([
    ['parseTransactionRequest', (input: unknown) => parseTransactionRequest(input, DEFAULT_LIMITS)],
    ['parseAbortRequest', (input: unknown) => parseAbortRequest(input)],
  ] as const)('%s refuses without ever saying FAILURE or ONGOING, whatever the input says', (_, parse) => {
    fc.assert(
      fc.property(body, (input) => {
        const refusal = refusalOf(() => parse(input));
        if (refusal === undefined) return;
        expect(refusal.code).toBe('DTX_INVALID_REQUEST');
        expect(refusal.message).not.toMatch(/FAILURE|ONGOING/);
        expect(refusal.message).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 500 },
    );
  });

  it('what is accepted has every field in its type and one payload per step', () => {
    let accepted = 0;
    const valid = fc.record({
      steps: fc.array(fc.record({ action: fc.webUrl(), compensate: fc.constantFrom('', 'http://a/undo') })),
      payloads: fc.array(text, { minLength: 10 }),
      timeout_to_fail: fc.oneof(fc.nat(), fc.constant(null)),
    });
    fc.assert(
      fc.property(fc.oneof(body, valid), (input) => {
        const candidate: unknown = { ...(input as object), gid: 'trip-5', trans_type: 'saga' };
        let request: TransactionRequest | undefined;
        if (refusalOf(() => (request = parseTransactionRequest(candidate, DEFAULT_LIMITS)))) return;
        accepted += 1;
        expect(request?.payloads).toHaveLength(request?.steps.length ?? -1);
        for (const step of request?.steps ?? []) {
          expect(typeof step.action).toBe('string');
          expect(typeof step.compensate).toBe('string');
        }
        for (const option of Object.values(request?.options ?? {})) expect(option).toBeTruthy();
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
