import { CREATED_AT, sagaState } from './saga/saga-state.spec-helper';
import { isTimedOut, timeoutAt, timeoutReason } from './timeout';

describe('timeouts (spec 6.4)', () => {
  it('count from the creation of the transaction', () => {
    const state = sagaState('P P', { options: { timeoutToFail: 60 } });
    expect(timeoutAt(state)).toBe(CREATED_AT + 60_000);
    expect(isTimedOut(state, CREATED_AT + 59_999)).toBe(false);
    expect(isTimedOut(state, CREATED_AT + 60_000)).toBe(true);
    expect(timeoutReason(state)).toBe('Timeout after 60 seconds');
  });

  it('do not exist for a saga that sets none', () => {
    const state = sagaState('P P');
    expect(timeoutAt(state)).toBeUndefined();
    expect(isTimedOut(state, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it.each(['tcc', 'xa', 'msg', 'workflow'] as const)('have a default for %s, and name it (Q24)', (transType) => {
    const state = { ...sagaState('P P'), transType };
    expect(timeoutAt(state)).toBe(CREATED_AT + 35_000);
    expect(timeoutReason(state)).toBe('Timeout after 35 seconds');
  });
});
