import { mapGrpcOutcome } from './grpc-outcome';

describe('the outcome of a branch over gRPC', () => {
  test.each([
    [0, '', 'success', ''],
    [0, 'FAILURE', 'success', ''],
    [10, 'sold out', 'failure', 'sold out FAILURE'],
    [10, 'sold out FAILURE', 'failure', 'sold out FAILURE'],
    [10, '', 'failure', 'FAILURE'],
    [10, 'ONGOING', 'ongoing', 'ONGOING'],
    [10, 'still ONGOING', 'failure', 'still ONGOING FAILURE'],
    [9, 'ONGOING', 'ongoing', 'ONGOING'],
    [9, 'later', 'ongoing', 'later ONGOING'],
    [409, 'no money', 'failure', 'no money FAILURE'],
    [425, '', 'ongoing', 'ONGOING'],
    [13, 'broken', 'error', 'grpc status 13: broken'],
    [14, 'FAILURE', 'error', 'grpc status 14: FAILURE'],
    [2, '', 'error', 'grpc status 2: '],
  ])('of status %i with %p is %s', (code, message, kind, text) => {
    expect(mapGrpcOutcome({ code, message })).toEqual({ kind, text });
  });
});
