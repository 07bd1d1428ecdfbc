import { mapHttpOutcome } from '@nestjs-dtx/protocol';
import { BranchFailureError } from '../errors/branch-failure.error';
import { BranchOngoingError } from '../errors/branch-ongoing.error';
import { branchResponse } from './branch-response';

describe('branchResponse', () => {
  it.each([
    ['a result', () => Promise.resolve({ id: 7 }), 200, 'success'],
    ['a refusal', () => Promise.reject(new BranchFailureError('no money')), 409, 'failure'],
    ['a wait', () => Promise.reject(new BranchOngoingError('soon')), 425, 'ongoing'],
    ['an error', () => Promise.reject(new Error('DISK FAILURE, ONGOING')), 500, 'error'],
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what libraries really do
    ['whatever was thrown', () => Promise.reject('FAILURE'), 500, 'error'],
    [
      'an error that comes at once',
      () => {
        throw new Error('bug');
      },
      500,
      'error',
    ],
  ])('answers %s so that coordinators understand it', async (_, work: () => Promise<unknown>, status, kind) => {
    const response = await branchResponse(work);
    expect(response.status).toBe(status);
    expect(mapHttpOutcome({ status, body: JSON.stringify(response.body) }).kind).toBe(kind);
  });

  it('says why', async () => {
    const response = await branchResponse(() => Promise.reject(new BranchFailureError('no money')));
    expect(response.body).toEqual({ dtm_result: 'FAILURE', message: 'no money' });
  });
});
