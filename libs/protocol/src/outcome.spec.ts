import fc from 'fast-check';
import { mapHttpOutcome, SUCCESS, transportError, withResultWord, type OutcomeKind } from './outcome';

type Row = readonly [status: number, body: string, kind: OutcomeKind, text: string];

const BY_STATUS: Row[] = [
  [200, '', 'success', ''],
  [200, '{"balance":3}', 'success', ''],
  [201, '{"id":7}', 'success', ''],
  [204, '', 'success', ''],
  [409, '', 'failure', 'FAILURE'],
  [409, 'sold out', 'failure', 'sold out FAILURE'],
  [425, '', 'ongoing', 'ONGOING'],
  [425, 'still cooking', 'ongoing', 'still cooking ONGOING'],
  [202, '', 'error', 'status 202: '],
  [206, '', 'error', 'status 206: '],
  [301, '', 'error', 'status 301: '],
  [400, ' bad amount\n', 'error', 'status 400: bad amount'],
  [403, 'Forbidden', 'error', 'status 403: Forbidden'],
  [404, '', 'error', 'status 404: '],
  [500, '{"message":"boom"}', 'error', 'status 500: {"message":"boom"}'],
  [503, '', 'error', 'status 503: '],
];

const BY_RESULT: Row[] = [
  [200, '{"dtm_result":"SUCCESS"}', 'success', ''],
  [200, '{"dtm_result":"FAILURE"}', 'failure', '{"dtm_result":"FAILURE"} FAILURE'],
  [200, '{"dtm_result":"ONGOING"}', 'ongoing', '{"dtm_result":"ONGOING"} ONGOING'],
  [500, '{"dtm_result":"FAILURE"}', 'failure', '{"dtm_result":"FAILURE"} FAILURE'],
  [500, ' {"dtm_result": "ONGOING"} ', 'ongoing', '{"dtm_result": "ONGOING"} ONGOING'],
  [409, '{"dtm_result":"ONGOING"}', 'ongoing', '{"dtm_result":"ONGOING"} ONGOING'],
  [425, '{"dtm_result":"FAILURE"}', 'failure', '{"dtm_result":"FAILURE"} FAILURE'],
  [500, '{"dtm_result":"SUCCESS"}', 'error', 'status 500: {"dtm_result":"SUCCESS"}'],
  [409, '{"dtm_result":"SUCCESS"}', 'failure', '{"dtm_result":"SUCCESS"} FAILURE'],
  [425, '{"dtm_result":"SUCCESS"}', 'ongoing', '{"dtm_result":"SUCCESS"} ONGOING'],
];

/** A `dtm_result` that is no result word leaves the decision to the status, and its body is never searched for words. */
const BY_STATUS_DESPITE_RESULT: Row[] = [
  [200, '{"dtm_result":"","note":"order FAILURE-7"}', 'success', ''],
  [200, '{"dtm_result":"SUCCESS","shipping":"ONGOING"}', 'success', ''],
  [200, '{"dtm_result":"failure"}', 'success', ''],
  [200, '{"dtm_result":7,"note":"FAILURE"}', 'success', ''],
  [200, '{"dtm_result":null,"note":"ONGOING"}', 'success', ''],
  [200, '{"dtm_result":["FAILURE"]}', 'success', ''],
  [409, '{"dtm_result":false}', 'failure', '{"dtm_result":false} FAILURE'],
  [500, '{"dtm_result":{},"note":"FAILURE"}', 'error', 'status 500: {"dtm_result":{},"note":"FAILURE"}'],
];

const BY_SUBSTRING: Row[] = [
  [200, 'FAILURE', 'failure', 'FAILURE'],
  [500, 'rejected: FAILURE', 'failure', 'rejected: FAILURE'],
  [200, '{"status":"ONGOING"}', 'ongoing', '{"status":"ONGOING"} ONGOING'],
  [200, 'FAILURE while ONGOING', 'ongoing', 'FAILURE while ONGOING'],
  [200, '[{"dtm_result":"FAILURE"}]', 'failure', '[{"dtm_result":"FAILURE"}] FAILURE'],
  [200, '{"data":{"dtm_result":"FAILURE"}}', 'failure', '{"data":{"dtm_result":"FAILURE"}} FAILURE'],
  [200, '{"dtm_result":"FAILURE"', 'failure', '{"dtm_result":"FAILURE" FAILURE'],
  [200, '"dtm_result FAILURE"', 'failure', '"dtm_result FAILURE" FAILURE'],
  [200, '{"shipping":"ONGOING"}', 'ongoing', '{"shipping":"ONGOING"} ONGOING'],
];

describe('mapHttpOutcome', () => {
  describe.each([
    { title: 'decides by status', rows: BY_STATUS, bySubstring: undefined },
    { title: 'lets dtm_result win over the status', rows: BY_RESULT, bySubstring: undefined },
    { title: 'asks the status when dtm_result is no word', rows: BY_STATUS_DESPITE_RESULT, bySubstring: undefined },
    { title: 'searches bodies without dtm_result for the words', rows: BY_SUBSTRING, bySubstring: true },
  ])('$title', ({ rows, bySubstring }) => {
    it.each(rows)('maps %s %s to %s', (status, body, kind, text) => {
      const outcome = mapHttpOutcome({ status, body });
      expect(outcome).toMatchObject({ kind, text });
      expect(outcome.bySubstring).toBe(bySubstring);
      expect(outcome.status).toBe(kind === 'success' ? undefined : status);
    });
  });

  it.each([
    [200, 'FAILURE', 'success'],
    [200, '{"status":"ONGOING"}', 'success'],
    [500, 'rejected: FAILURE', 'error'],
    [409, 'still ONGOING', 'failure'],
    [425, 'no FAILURE yet', 'ongoing'],
    [200, '{"dtm_result":"FAILURE"}', 'failure'],
    [500, '{"dtm_result":"ONGOING"}', 'ongoing'],
  ] as const)('with the substring search off maps %s %s to %s', (status, body, kind) => {
    const outcome = mapHttpOutcome({ status, body }, { substring: false });
    expect(outcome.kind).toBe(kind);
    expect(outcome.bySubstring).toBeUndefined();
  });

  it('takes 409 for a failure although the body mentions ONGOING', () => {
    expect(mapHttpOutcome({ status: 409, body: 'shipping is ONGOING' }).kind).toBe('failure');
  });

  it('never fails or succeeds on a status that says neither, whatever the body without result words', () => {
    const body = fc.oneof(fc.string(), fc.json()).filter((text) => !/FAILURE|ONGOING/.test(text));
    const status = fc.integer({ min: 100, max: 599 }).filter((code) => ![200, 201, 204, 409, 425].includes(code));
    fc.assert(
      fc.property(status, body, (code, text) => {
        expect(mapHttpOutcome({ status: code, body: text }).kind).toBe('error');
      }),
    );
  });

  it('ends the text of every failure with the word, and not twice', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(3), (body, words) => {
        const { text } = mapHttpOutcome({ status: 409, body: body + ' FAILURE'.repeat(words) }, { substring: false });
        expect(text).toMatch(/(^|\s)FAILURE$/);
        expect(text).not.toMatch(/(^|\s)FAILURE\s+FAILURE$/);
      }),
    );
  });
});

describe('withResultWord', () => {
  it.each([
    ['', 'FAILURE'],
    ['   ', 'FAILURE'],
    ['FAILURE', 'FAILURE'],
    [' FAILURE ', 'FAILURE'],
    ['sold out', 'sold out FAILURE'],
    ['sold out FAILURE', 'sold out FAILURE'],
    ['sold out\nFAILURE\n', 'sold out FAILURE'],
    ['sold out FAILURE FAILURE', 'sold out FAILURE'],
    ['FAILURE FAILURE', 'FAILURE'],
    ['NOFAILURE', 'NOFAILURE FAILURE'],
    ['FAILURE of the pump', 'FAILURE of the pump FAILURE'],
    ['sold out ONGOING', 'sold out ONGOING FAILURE'],
  ])('turns %j into %j', (text, expected) => {
    expect(withResultWord(text, 'FAILURE')).toBe(expected);
  });
});

describe('outcomes without an answer', () => {
  it('a transport error is an error, as nobody knows what the call did', () => {
    expect(transportError('connect ECONNREFUSED')).toEqual({ kind: 'error', text: 'connect ECONNREFUSED' });
  });

  it('success has no text', () => {
    expect(SUCCESS).toEqual({ kind: 'success', text: '' });
  });
});
