import { DEFAULT_LIMITS, parseTransactionRequest } from '@nestjs-dtx/protocol';
import { sagaBodies } from './saga';

describe('a saga of the load', () => {
  it('is one that the coordinator accepts, with as many steps as asked for', () => {
    const body: unknown = JSON.parse(sagaBodies('http://127.0.0.1:1', 3)('the-gid'));
    const request = parseTransactionRequest(body, DEFAULT_LIMITS);
    expect(request).toMatchObject({ gid: 'the-gid', transType: 'saga', options: { waitResult: true } });
    expect(request.steps.map(({ action }) => action)).toEqual(
      [1, 2, 3].map((step) => `http://127.0.0.1:1/accounts.step-${step}`),
    );
    expect(request.payloads).toHaveLength(3);
  });
});
