import { evolve } from './evolve';
import { isIncident, tellsOfIncident } from './incident';
import { callTo, CREATED_AT, sagaState, started } from './saga/saga-state.spec-helper';
import { sagaMode } from './saga/saga.mode';

const FAILURE = { kind: 'failure', text: 'no FAILURE' } as const;

describe('isIncident', () => {
  const state = sagaState('P P');

  it('is a refusal by an operation that must not refuse', () => {
    expect(isIncident(sagaMode, callTo(state, '01 compensate'), FAILURE)).toBe(true);
    expect(isIncident(sagaMode, callTo(state, '01 action'), FAILURE)).toBe(false);
  });

  it('is no other outcome', () => {
    for (const kind of ['success', 'ongoing', 'error'] as const) {
      expect(isIncident(sagaMode, callTo(state, '01 compensate'), { kind, text: '' })).toBe(false);
    }
  });
});

describe('the last error after an incident', () => {
  const aborting = sagaState('P F P P', { status: 'aborting', rollbackReason: 'no FAILURE' });
  const call = callTo(aborting, '01 compensate');
  const answered = (outcome: { kind: 'failure' | 'error'; text: string }) =>
    evolve(sagaMode, started(aborting, '01 compensate'), {
      type: 'answered',
      call,
      outcome,
      now: CREATED_AT,
      spread: 0,
    });

  it('names the rule, and so tells an incident of this call from other errors', () => {
    const { lastError, attempts } = answered(FAILURE);
    expect([lastError, attempts]).toEqual(['branch 01: compensate must not refuse, and answered no FAILURE', 1]);
    expect(tellsOfIncident(lastError, call)).toBe(true);
    expect(tellsOfIncident(lastError, callTo(aborting, '02 compensate'))).toBe(false);
  });

  it('is the bare text of any other error', () => {
    const { lastError } = answered({ kind: 'error', text: 'status 500: broken' });
    expect(lastError).toBe('status 500: broken');
    expect(tellsOfIncident(lastError, call)).toBe(false);
  });
});
