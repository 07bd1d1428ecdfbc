import { verdictOn } from './verdict';

const age = (ageSeconds: number) => ({ ageSeconds, olderThanSeconds: 60, unknownAfterSeconds: 3600 });

describe('verdictOn', () => {
  it.each([
    ['prepared', 'leave'],
    ['submitted', 'commit'],
    ['succeed', 'commit'],
    ['aborting', 'rollback'],
    ['failed', 'rollback'],
  ] as const)('of a branch whose transaction is %s: %s, once it is old enough', (status, verdict) => {
    expect(verdictOn(status, age(60))).toBe(verdict);
    expect(verdictOn(status, age(59.9))).toBe('leave');
  });

  it('leaves one whose transaction is unknown to people for a while', () => {
    expect(verdictOn(undefined, age(3599))).toBe('leave');
    expect(verdictOn(undefined, age(3600))).toBe('rollback');
  });
});
