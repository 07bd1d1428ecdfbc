import fc from 'fast-check';
import { mapJsonRpcOutcome } from './json-rpc';
import type { OutcomeKind } from './outcome';

const response = (fields: object): string => JSON.stringify({ jsonrpc: '2.0', id: 'a', ...fields });
const withError = (code: unknown, message: unknown = 'sold out'): string => response({ error: { code, message } });

type Row = readonly [status: number, body: string, kind: OutcomeKind, text: string];

const rows: Row[] = [
  [200, response({ result: { moved: 30 } }), 'success', ''],
  [200, response({ result: null, error: null }), 'success', ''],
  [201, response({ result: {} }), 'success', ''],
  [200, '{"dtm_result":"SUCCESS"}', 'success', ''],
  [200, withError(-32901), 'failure', 'sold out FAILURE'],
  [200, withError(-32901, 'sold out FAILURE'), 'failure', 'sold out FAILURE'],
  [200, withError(-32901, ''), 'failure', 'FAILURE'],
  [200, withError(-32902, 'still cooking'), 'ongoing', 'still cooking ONGOING'],
  // The code is what the service means, whatever words its message has.
  [200, withError(-32901, 'no longer ONGOING'), 'failure', 'no longer ONGOING FAILURE'],
  [200, withError(-32902, 'last FAILURE is retried'), 'ongoing', 'last FAILURE is retried ONGOING'],
  [200, withError(-32901, { reason: 7 }), 'failure', '{"code":-32901,"message":{"reason":7}} FAILURE'],
  [409, withError(-32902, 'x'), 'failure', `${withError(-32902, 'x')} FAILURE`],
  [425, withError(-32901, 'x'), 'ongoing', `${withError(-32901, 'x')} ONGOING`],
  [
    200,
    response({ dtm_result: 'FAILURE', error: null }),
    'failure',
    `${response({ dtm_result: 'FAILURE', error: null })} FAILURE`,
  ],
  [200, withError(-32603, 'boom'), 'error', `status 200: ${withError(-32603, 'boom')}`],
  [200, withError('-32901', 'x'), 'error', `status 200: ${withError('-32901', 'x')}`],
  [200, withError(undefined, 'x'), 'error', `status 200: ${withError(undefined, 'x')}`],
  [200, response({ error: 'x' }), 'error', `status 200: ${response({ error: 'x' })}`],
  [200, response({ error: false }), 'error', `status 200: ${response({ error: false })}`],
  [500, withError(-32901, 'x'), 'error', `status 500: ${withError(-32901, 'x')}`],
  [404, '', 'error', 'status 404: '],
  [200, '', 'error', 'status 200: no JSON-RPC response: '],
  [204, '', 'error', 'status 204: no JSON-RPC response: '],
  [200, 'ok', 'error', 'status 200: no JSON-RPC response: ok'],
  [200, '[{"result":1}]', 'error', 'status 200: no JSON-RPC response: [{"result":1}]'],
  [200, 'null', 'error', 'status 200: no JSON-RPC response: null'],
];

const byWord: Row[] = [
  [200, withError(-32000, 'sold out FAILURE'), 'failure', `${withError(-32000, 'sold out FAILURE')} FAILURE`],
  [200, response({ error: 'ONGOING' }), 'ongoing', `${response({ error: 'ONGOING' })} ONGOING`],
  [500, 'FAILURE', 'failure', 'FAILURE'],
];

describe('the outcome of a JSON-RPC call', () => {
  test.each(rows)('%d %s is %s', (status, body, kind, text) => {
    expect(mapJsonRpcOutcome({ status, body })).toEqual(kind === 'success' ? { kind, text } : { kind, text, status });
  });

  test.each(byWord)('%d %s is %s, by its words only', (status, body, kind, text) => {
    expect(mapJsonRpcOutcome({ status, body })).toEqual({ kind, text, status, bySubstring: true });
    expect(mapJsonRpcOutcome({ status, body }, { substring: false })).toMatchObject({ kind: 'error' });
  });

  test('is never success unless the status says so and the body is a response without an error', () => {
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(withError(-32901), withError(7), response({ result: 1 })),
    );
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), body, fc.boolean(), (status, text, substring) => {
        if (mapJsonRpcOutcome({ status, body: text }, { substring }).kind !== 'success') return;
        expect([200, 201, 204]).toContain(status);
        expect((JSON.parse(text) as { error?: unknown }).error ?? null).toBeNull();
      }),
    );
  });
});
