import { evolve } from './evolve';
import { answered, callTo, CREATED_AT, rowsOf, sagaState, started } from './saga/saga-state.spec-helper';
import { sagaMode } from './saga/saga.mode';
import { DEFAULT_ENGINE_SETTINGS } from './settings';
import { callKey, type CallState, type TransactionState } from './state';

const seconds = (count: number): number => CREATED_AT + count * 1000;
const known = (state: TransactionState, name: string): CallState | undefined =>
  state.calls.get(callKey(callTo(state, name)));

describe('evolve', () => {
  it('never changes the state it is given', () => {
    const before = sagaState('P P P P');
    const copy = structuredClone(before);
    const after = answered(started(before, '01 action'), '01 action', 'success');
    expect(before).toEqual(copy);
    expect(after).not.toBe(before);
  });

  it('keeps the rows as they are, identically, when an event does not touch them', () => {
    const state = started(sagaState('P P P P'), '01 action');
    expect(answered(state, '01 action', 'ongoing').branches).toBe(state.branches);
  });

  describe('on a call that has started', () => {
    it('remembers it with the interval and the status of that moment', () => {
      const state = started(sagaState('P P', { intervalMs: 40_000 }), '01 action');
      expect(known(state, '01 action')).toEqual({ phase: 'in-flight', intervalMs: 40_000, madeUnder: 'submitted' });
      expect(rowsOf(state)).toBe('P P');
    });
  });

  describe('on success', () => {
    const erred = answered(started(sagaState('P P P P'), '01 action'), '01 action', 'error', { text: 'boom' });
    const state = answered(started(erred, '01 action'), '01 action', 'success');

    it('records the row and forgets the call', () => {
      expect(rowsOf(state)).toBe('P S P P');
      expect(known(state, '01 action')).toBeUndefined();
    });

    it('resets interval, attempts and error, but not what the retry limit counts', () => {
      expect(erred).toMatchObject({ intervalMs: 20_000, attempts: 1, lastError: 'boom', retries: 1 });
      expect(state).toMatchObject({ intervalMs: 10_000, attempts: 0, lastError: '', retries: 1 });
    });

    it('of a call without a row keeps the result for the next decision', () => {
      const call = { branchId: '00', op: 'msg', url: 'http://a/check', payload: new Uint8Array(0) };
      const outcome = { kind: 'success', text: '' } as const;
      const after = evolve(sagaMode, state, { type: 'answered', call, outcome, now: CREATED_AT, spread: 0 });
      expect(after.calls.get('00/msg')).toEqual({ phase: 'settled', kind: 'success', notBefore: seconds(10) });
      expect(after.branches).toBe(state.branches);
    });

    it('of a call from before the saga turned round leaves its row', () => {
      const inFlight = started(sagaState('P P P P'), '01 action');
      const turned = evolve(sagaMode, inFlight, { type: 'changed', to: 'aborting', reason: 'too late' });
      const late = answered(turned, '01 action', 'success');
      expect([rowsOf(late), known(late, '01 action')]).toEqual(['P P P P', undefined]);
    });
  });

  describe('on a refusal', () => {
    it('records an action as failed, with the reason for the status change to come', () => {
      const state = answered(started(sagaState('P P'), '01 action'), '01 action', 'failure', { text: 'no FAILURE' });
      expect(rowsOf(state)).toBe('P F');
      expect(state.failureReason).toBe('url:http://busi/1 return failed: no FAILURE');
      expect(state).toMatchObject({ status: 'submitted', rollbackReason: '', lastError: 'no FAILURE' });
    });

    it('by a compensation is an incident: nothing but the next try changes', () => {
      const state = started(sagaState('P F', { status: 'aborting', rollbackReason: 'no' }), '01 compensate');
      const after = answered(state, '01 compensate', 'failure', { text: 'I will not FAILURE' });
      expect([rowsOf(after), after.status, after.rollbackReason]).toEqual(['P F', 'aborting', 'no']);
      expect(after).toMatchObject({ attempts: 1, failureReason: '' });
      expect(after.lastError).toBe('branch 01: compensate must not refuse, and answered I will not FAILURE');
      expect(known(after, '01 compensate')).toEqual({ phase: 'settled', kind: 'failure', notBefore: seconds(20) });
    });
  });

  describe('on ongoing', () => {
    it('keeps the interval and counts no attempt', () => {
      const state = answered(started(sagaState('P P', { intervalMs: 40_000 }), '01 action'), '01 action', 'ongoing');
      expect(state).toMatchObject({ intervalMs: 40_000, attempts: 0, retries: 0, lastError: 'it was ongoing' });
      expect(known(state, '01 action')).toEqual({ phase: 'settled', kind: 'ongoing', notBefore: seconds(40) });
    });
  });

  describe('on an error', () => {
    it('doubles the interval each time, up to the cap', () => {
      let state = sagaState('P P', { settings: { ...DEFAULT_ENGINE_SETTINGS, retryIntervalMax: 60 } });
      const intervals: number[] = [];
      for (let attempt = 1; attempt <= 5; attempt += 1) {
        state = answered(started(state, '01 action'), '01 action', 'error');
        intervals.push(state.intervalMs / 1000);
        expect(state.attempts).toBe(attempt);
      }
      expect(intervals).toEqual([20, 40, 60, 60, 60]);
    });

    it('doubles it once for branches that fail side by side', () => {
      let state = started(sagaState('P P P P', { customData: '{"concurrent":true}' }), '01 action', '02 action');
      state = answered(answered(state, '01 action', 'error'), '02 action', 'error');
      expect(state).toMatchObject({ intervalMs: 20_000, attempts: 2 });
    });

    it('adds up to a tenth of the interval as jitter, and takes nothing off', () => {
      const state = started(sagaState('P P'), '01 action');
      const at = (spread: number): unknown => known(answered(state, '01 action', 'error', { spread }), '01 action');
      expect(at(0)).toMatchObject({ notBefore: seconds(20) });
      expect(at(0.5)).toMatchObject({ notBefore: seconds(21) });
      expect(at(0.999)).toMatchObject({ notBefore: seconds(22) - 2 });
    });
  });

  describe('on a deferred call', () => {
    it('neither counts an attempt nor lengthens the interval', () => {
      const state = started(sagaState('P P'), '01 action');
      const call = callTo(state, '01 action');
      const after = evolve(sagaMode, state, { type: 'deferred', call, until: seconds(1), reason: 'breaker is open' });
      expect(after).toMatchObject({ attempts: 0, retries: 0, intervalMs: 10_000, lastError: 'breaker is open' });
      expect(known(after, '01 action')).toEqual({ phase: 'settled', kind: 'deferred', notBefore: seconds(1) });
    });
  });

  describe('on a status change', () => {
    it('stores the reason and starts the new phase with the base interval', () => {
      const state = sagaState('P F', { intervalMs: 80_000, options: { retryInterval: 5 } });
      const after = evolve(sagaMode, state, { type: 'changed', to: 'aborting', reason: 'no FAILURE' });
      expect(after).toMatchObject({ status: 'aborting', rollbackReason: 'no FAILURE', intervalMs: 5000 });
    });

    it('keeps the reason when the next change has none', () => {
      const state = sagaState('S F', { status: 'aborting', rollbackReason: 'no FAILURE' });
      expect(evolve(sagaMode, state, { type: 'changed', to: 'failed' }).rollbackReason).toBe('no FAILURE');
    });
  });
});
