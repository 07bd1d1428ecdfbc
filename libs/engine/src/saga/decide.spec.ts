import { evolve } from '../evolve';
import { answered, callTo, CREATED_AT, decided, rowsOf, sagaState, started } from './saga-state.spec-helper';
import { sagaMode } from './saga.mode';

const CONCURRENT = '{"concurrent":true}';
const seconds = (count: number): number => CREATED_AT + count * 1000;

describe('a submitted saga', () => {
  it('without steps has succeeded', () => {
    expect(decided(sagaState(''))).toEqual({ do: 'change', to: 'succeed' });
  });

  it('calls its first step with URL, payload and row', () => {
    const decision = sagaMode.decide(sagaState('P P P P'), CREATED_AT);
    expect(decision).toEqual({
      do: 'call',
      calls: [{ branchId: '01', op: 'action', url: 'http://busi/1', payload: Buffer.from('payload 1'), row: 1 }],
    });
  });

  it.each([
    ['P P P P P P', 'call 01 action'],
    ['P S P P P P', 'call 02 action'],
    ['P S P S P P', 'call 03 action'],
  ])('with rows %s goes on: %s', (rows, decision) => expect(decided(sagaState(rows))).toBe(decision));

  it('succeeds when all actions have, whatever the time', () => {
    const state = sagaState('P S P S', { options: { timeoutToFail: 1 } });
    expect(decided(state, seconds(60))).toEqual({ do: 'change', to: 'succeed' });
  });

  it('awaits what is in flight', () => {
    expect(decided(started(sagaState('P P P P'), '01 action'))).toEqual({ do: 'await' });
  });

  it('awaits no longer than its timeout', () => {
    const state = started(sagaState('P P', { options: { timeoutToFail: 60 } }), '01 action');
    expect(decided(state)).toEqual({ do: 'await', until: seconds(60) });
  });

  it('calls all steps of a concurrent saga that wait for nothing', () => {
    const customData = '{"concurrent":true,"orders":{"2":[0,1]}}';
    expect(decided(sagaState('P P P P P P', { customData }))).toBe('call 01 action, 02 action');
    expect(decided(sagaState('P P P S P P', { customData }))).toBe('call 01 action');
    expect(decided(sagaState('P S P S P P', { customData }))).toBe('call 03 action');
  });

  it('waits in sequence for its orders as well', () => {
    const customData = '{"concurrent":false,"orders":{"2":[0]}}';
    expect(decided(sagaState('P S P P P P', { customData }))).toBe('call 02 action');
  });

  it('awaits others in flight, and wakes for what may be repeated before', () => {
    const both = started(sagaState('P P P P', { customData: CONCURRENT }), '01 action', '02 action');
    const one = answered(both, '01 action', 'ongoing');
    expect(decided(one)).toEqual({ do: 'await', until: seconds(10) });
    expect(decided(one, seconds(10))).toBe('call 01 action');
  });

  it('waits for the first of several calls whose time comes', () => {
    let state = started(sagaState('P P P P', { customData: CONCURRENT }), '01 action', '02 action');
    state = answered(state, '01 action', 'error');
    state = answered(state, '02 action', 'ongoing', { now: seconds(-5) });
    expect(decided(state)).toEqual({ do: 'wait', until: seconds(15) });
  });

  it('repeats a deferred call when its time comes', () => {
    const state = started(sagaState('P P'), '01 action');
    const until = seconds(2);
    const call = callTo(state, '01 action');
    const deferred = evolve(sagaMode, state, { type: 'deferred', call, until, reason: 'destination is full' });
    expect(decided(deferred)).toEqual({ do: 'wait', until });
    expect(decided(deferred, until)).toBe('call 01 action');
  });

  it('does not repeat a deferred call at once, retry limit or not', () => {
    const state = started(sagaState('P P', { options: { retryLimit: 3 } }), '01 action');
    const call = callTo(state, '01 action');
    const deferred = evolve(sagaMode, state, { type: 'deferred', call, until: seconds(2), reason: 'full' });
    expect(decided(deferred)).toEqual({ do: 'wait', until: seconds(2) });
  });

  it('does not count ONGOING against the retry limit, and keeps its interval (Q25)', () => {
    let state = sagaState('P P', { options: { retryLimit: 1 } });
    for (let i = 0; i < 3; i += 1) state = answered(started(state, '01 action'), '01 action', 'ongoing');
    expect(decided(state)).toEqual({ do: 'wait', until: seconds(10) });
  });

  it('shares the retry limit among all steps', () => {
    let state = sagaState('P P P P', { options: { retryLimit: 1 }, customData: CONCURRENT });
    state = started(state, '01 action', '02 action');
    state = answered(state, '01 action', 'error');
    expect(decided(state)).toBe('call 01 action');
    state = answered(started(state, '01 action'), '02 action', 'error');
    expect(decided(state)).toEqual({
      do: 'change',
      to: 'aborting',
      reason: 'RetryCount is greater than RetryLimit, RetryLimit: 1',
    });
  });

  it('turns round when a step refuses, and quotes it', () => {
    const state = answered(started(sagaState('P P P P'), '01 action'), '01 action', 'failure', { text: 'no FAILURE' });
    expect(decided(state)).toEqual({
      do: 'change',
      to: 'aborting',
      reason: 'url:http://busi/1 return failed: no FAILURE',
    });
  });

  it('turns round without the text when somebody else recorded the refusal', () => {
    expect(decided(sagaState('P F P P'))).toEqual({ do: 'change', to: 'aborting', reason: 'fail message lost' });
  });

  it('turns round at its timeout and not before', () => {
    const state = sagaState('P P', { options: { timeoutToFail: 60 } });
    expect(decided(state, seconds(60) - 1)).toBe('call 01 action');
    expect(decided(state, seconds(60))).toEqual({ do: 'change', to: 'aborting', reason: 'Timeout after 60 seconds' });
  });

  it('never times out without a timeout of its own', () => {
    expect(decided(sagaState('P P'), seconds(1e6))).toBe('call 01 action');
  });

  it('names the refusal rather than a timeout that came with it', () => {
    const state = sagaState('P P', { options: { timeoutToFail: 1 } });
    const refused = answered(started(state, '01 action'), '01 action', 'failure', { text: 'no FAILURE' });
    expect(decided(refused, seconds(60))).toMatchObject({ reason: 'url:http://busi/1 return failed: no FAILURE' });
  });
});

describe('an aborting saga', () => {
  const aborting = (rows: string, customData = ''): ReturnType<typeof sagaState> =>
    sagaState(rows, { status: 'aborting', customData, rollbackReason: 'no FAILURE' });

  it.each([
    // The refusing step is compensated first, then the others in reverse.
    ['P S P F', 'call 02 compensate'],
    ['P S S F', 'call 01 compensate'],
    // A step that may have been in flight when its runner died.
    ['P S P P', 'call 02 compensate'],
    ['P P P P', 'call 01 compensate'],
    ['P S P S P P', 'call 03 compensate'],
    ['P F P P', 'call 01 compensate'],
  ])('with rows %s goes on: %s', (rows, decision) => expect(decided(aborting(rows))).toBe(decision));

  it.each(['S S S F', 'S F P P', 'S P P P', 'S S S P', ''])('with rows %j has failed', (rows) => {
    expect(decided(aborting(rows))).toEqual({ do: 'change', to: 'failed' });
  });

  it('compensates a concurrent saga together', () => {
    expect(decided(aborting('P S P F P P', CONCURRENT))).toBe('call 01 compensate, 02 compensate, 03 compensate');
  });

  it('compensates against the orders', () => {
    const orders = '{"concurrent":true,"orders":{"1":[0],"2":[0]}}';
    expect(decided(aborting('P S P F P S', orders))).toBe('call 02 compensate, 03 compensate');
    expect(decided(aborting('P S S F P S', orders))).toBe('call 03 compensate');
    expect(decided(aborting('P S S F S S', orders))).toBe('call 01 compensate');
  });

  it('leaves out steps whose predecessors did not all succeed', () => {
    expect(decided(aborting('P F P S P P', '{"concurrent":true,"orders":{"2":[0,1]}}'))).toBe(
      'call 01 compensate, 02 compensate',
    );
  });

  it('neither times out nor gives up', () => {
    const state = sagaState('P F', { status: 'aborting', options: { timeoutToFail: 1, retryLimit: 1 } });
    expect(decided(state, seconds(60))).toBe('call 01 compensate');
  });

  it('retries a refused, ongoing or failing compensation when its time comes, not at once', () => {
    const state = sagaState('P F', { status: 'aborting', options: { retryLimit: 3 } });
    for (const [kind, delay] of [
      ['failure', 20],
      ['error', 20],
      ['ongoing', 10],
    ] as const) {
      const after = answered(started(state, '01 compensate'), '01 compensate', kind);
      expect([kind, decided(after)]).toEqual([kind, { do: 'wait', until: seconds(delay) }]);
      expect(decided(after, seconds(delay))).toBe('call 01 compensate');
    }
  });

  describe('with an action still in flight', () => {
    const turned = evolve(
      sagaMode,
      answered(
        started(sagaState('P P P P', { customData: CONCURRENT }), '01 action', '02 action'),
        '01 action',
        'failure',
      ),
      { type: 'changed', to: 'aborting', reason: 'no FAILURE' },
    );

    it('does not compensate that step yet', () => {
      expect(decided(turned)).toBe('call 01 compensate');
      expect(decided(started(turned, '01 compensate'))).toEqual({ do: 'await' });
    });

    it.each([
      ['success', 'P F P P'],
      ['failure', 'P F P F'],
      ['ongoing', 'P F P P'],
      ['error', 'P F P P'],
    ] as const)('compensates it as soon as the action comes back, with %s', (kind, rows) => {
      const back = answered(turned, '02 action', kind);
      expect(rowsOf(back)).toBe(rows);
      expect(decided(back)).toBe('call 01 compensate, 02 compensate');
      expect(back.rollbackReason).toBe('no FAILURE');
    });

    it('does not take a late success for leave to run the steps behind it', () => {
      const inFlight = started(sagaState('P P P P', { options: { timeoutToFail: 1 } }), '01 action');
      const timedOut = evolve(sagaMode, inFlight, {
        type: 'changed',
        to: 'aborting',
        reason: 'Timeout after 1 seconds',
      });
      expect(decided(timedOut)).toEqual({ do: 'await' });
      const back = answered(timedOut, '01 action', 'success');
      expect(decided(back)).toBe('call 01 compensate');
      const undone = answered(started(back, '01 compensate'), '01 compensate', 'success');
      expect([rowsOf(undone), decided(undone)]).toEqual(['S P P P', { do: 'change', to: 'failed' }]);
    });
  });
});

describe('any other saga', () => {
  it.each(['prepared', 'succeed', 'failed'] as const)('rests when it is %s', (status) => {
    expect(decided(sagaState('P P', { status, options: { timeoutToFail: 1 } }), seconds(100))).toEqual({ do: 'rest' });
  });
});
