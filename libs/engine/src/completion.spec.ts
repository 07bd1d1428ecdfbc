import type { Outcome } from '@nestjs-dtx/protocol';
import { owingCompletion, tellingCompletion } from './completion';
import type { Decision } from './decision';
import { evolve } from './evolve';
import { nextDecision } from './next-decision';
import { CREATED_AT, sagaState } from './saga/saga-state.spec-helper';
import { sagaMode } from './saga/saga.mode';
import type { TransactionState } from './state';

const NOW = CREATED_AT + 5000;
const URL = 'http://shop/ended';
const ENDING = { result: 'done', at: NOW };
const MODE = tellingCompletion(sagaMode, ENDING);

const ended = (more: object = {}): TransactionState =>
  sagaState('P S', { status: 'succeed', options: { onComplete: URL, ...more } });

const decided = (state: TransactionState, now = NOW): Decision => nextDecision(MODE, state, now);

/** The state after the call was made and came to this. */
function told(state: TransactionState, outcome: Outcome): TransactionState {
  const decision = decided(state);
  if (decision.do !== 'call') throw new Error(`no call, but ${decision.do}`);
  const started = evolve(MODE, state, { type: 'started', calls: decision.calls });
  const [call] = decision.calls;
  const weighed = MODE.weigh!(outcome);
  return evolve(MODE, started, { type: 'answered', call: call!, outcome: weighed, now: NOW, spread: 0 });
}

describe('a transaction whose end is to be told', () => {
  it('is visited again at once when it has ended, whichever way', () => {
    const mode = owingCompletion(sagaMode);
    expect(mode.decide(ended(), NOW)).toEqual({ do: 'wait', until: NOW });
    expect(mode.decide(sagaState('S F', { status: 'failed', options: { onComplete: URL } }), NOW)).toMatchObject({
      do: 'wait',
    });
    expect(mode.decide(sagaState('P P', { status: 'prepared', options: { onComplete: URL } }), NOW)).toEqual({
      do: 'rest',
    });
    expect(mode.decide(sagaState('P P'), NOW)).toMatchObject({ do: 'call' });
  });

  it('calls its URL with how it has ended', () => {
    const state = { ...ended(), rollbackReason: 'no stock', businessKey: 'order-7' };
    const decision = decided(state);
    expect(decision).toMatchObject({ do: 'call', calls: [{ branchId: '00', op: 'on_complete', url: URL }] });
    const payload = decision.do === 'call' ? String(decision.calls[0]?.payload) : '';
    expect(JSON.parse(payload)).toEqual({
      gid: 'trip-5',
      trans_type: 'saga',
      status: 'succeed',
      rollback_reason: 'no stock',
      result: 'done',
      business_key: 'order-7',
      create_time: '1970-01-01T00:16:40.000Z',
      end_time: '1970-01-01T00:16:45.000Z',
    });
  });

  it.each<[string, Outcome]>([
    ['success', { kind: 'success', text: '' }],
    ['202, which is none of a branch', { kind: 'error', status: 202, text: 'status 202: queued' }],
    [
      '200 with a body that repeats the reason',
      { kind: 'failure', status: 200, text: 'no FAILURE', bySubstring: true },
    ],
  ])('rests after %s', (_name, outcome) => {
    expect(decided(told(ended(), outcome))).toEqual({ do: 'rest' });
  });

  it.each<[string, Outcome]>([
    ['an error', { kind: 'error', status: 500, text: 'status 500: broken' }],
    ['no answer', { kind: 'error', text: 'ECONNREFUSED' }],
    ['409', { kind: 'failure', status: 409, text: 'FAILURE' }],
    ['425', { kind: 'ongoing', status: 425, text: 'ONGOING' }],
    ['a redirect', { kind: 'error', status: 302, text: 'status 302: ' }],
  ])('calls again after %s, with back-off', (_name, outcome) => {
    const state = told(ended(), outcome);
    expect(state).toMatchObject({ attempts: 1, lastError: outcome.text, intervalMs: 20_000, status: 'succeed' });
    expect(decided(state)).toEqual({ do: 'wait', until: NOW + 20_000 });
    expect(decided(state, NOW + 20_000)).toMatchObject({ do: 'call' });
  });

  it('is given up after max_attempts', () => {
    const error: Outcome = { kind: 'error', status: 500, text: 'status 500: broken' };
    expect(decided(told(ended({ maxAttempts: 1 }), error))).toEqual({ do: 'rest', exhausted: true });
  });

  it('rests at once when nobody is to be told', () => {
    expect(decided(sagaState('P S', { status: 'succeed' }))).toEqual({ do: 'rest' });
  });
});
