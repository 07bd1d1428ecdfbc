import { mapMessageOutcome, type MessageReply } from './message-outcome';

const value = (it: unknown): MessageReply => ({ value: it });
const error = (it: unknown): MessageReply => ({ error: it });

describe('the outcome of a message', () => {
  it.each([
    undefined,
    null,
    '',
    'FAILURE',
    { id: 1, text: 'ONGOING' },
    ['FAILURE'],
    { dtm_result: 'SUCCESS' },
    { status: 409 },
  ])('is success for the result %j', (result) => {
    expect(mapMessageOutcome(value(result))).toEqual({ kind: 'success', text: '' });
  });

  it.each([
    [value({ dtm_result: 'FAILURE', message: 'no money' }), 'no money FAILURE'],
    [error({ dtm_result: 'FAILURE', message: 'no money' }), 'no money FAILURE'],
    [error({ dtm_result: 'FAILURE', status: 425 }), '{"dtm_result":"FAILURE","status":425} FAILURE'],
    [error({ status: 409, message: 'no money FAILURE' }), 'no money FAILURE'],
    [error({ statusCode: 409, message: 'no money' }), 'no money FAILURE'],
  ])('is failure for %j', (reply, text) => {
    expect(mapMessageOutcome(reply)).toMatchObject({ kind: 'failure', text });
  });

  it.each([
    [value({ dtm_result: 'ONGOING' }), '{"dtm_result":"ONGOING"} ONGOING'],
    [error({ dtm_result: 'ONGOING', status: 409, message: 'wait' }), 'wait ONGOING'],
    [error({ status: 425, message: 'wait' }), 'wait ONGOING'],
  ])('is ongoing for %j', (reply, text) => {
    expect(mapMessageOutcome(reply)).toMatchObject({ kind: 'ongoing', text });
  });

  it.each([
    [{ status: 'error', message: 'Internal server error' }, 'Internal server error'],
    ['There is no matching message handler', 'There is no matching message handler'],
    [{ status: '409' }, '{"status":"409"}'],
    [{ message: 'total FAILURE' }, 'total FAILURE'],
    [Object.create({ dtm_result: 'FAILURE' }), '{}'],
    [null, 'null'],
    [undefined, 'undefined'],
    [7, '7'],
  ])('is unknown for the error %j', (thrown, text) => {
    expect(mapMessageOutcome(error(thrown))).toEqual({ kind: 'error', text });
  });

  it('keeps the status of an error', () => {
    expect(mapMessageOutcome(error({ status: 503, message: 'later' }))).toEqual({
      kind: 'error',
      status: 503,
      text: 'later',
    });
  });
});
