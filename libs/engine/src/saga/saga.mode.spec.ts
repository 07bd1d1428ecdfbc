import { sagaState } from './saga-state.spec-helper';
import { sagaMode } from './saga.mode';

describe('what a waiting client is told about a saga (spec 2.6)', () => {
  it('success when it has succeeded', () => {
    expect(sagaMode.answer(sagaState('P S', { status: 'succeed' }), 'submit')).toEqual({ result: 'success' });
  });

  it.each(['aborting', 'failed'] as const)('the reason when it is %s, with one FAILURE at its end', (status) => {
    const answerTo = (rollbackReason: string): unknown =>
      sagaMode.answer(sagaState('S F', { status, rollbackReason }), 'submit');
    expect(answerTo('Timeout after 5 seconds')).toEqual({
      result: 'failure',
      message: 'Timeout after 5 seconds FAILURE',
    });
    expect(answerTo('url:http://a return failed: no FAILURE')).toEqual({
      result: 'failure',
      message: 'url:http://a return failed: no FAILURE',
    });
  });

  it('a failure without a reason when it is not done or was stopped (Q3)', () => {
    for (const status of ['prepared', 'submitted', 'failed'] as const) {
      expect(sagaMode.answer(sagaState('P P', { status }), 'submit')).toEqual({
        result: 'failure',
        message: 'wait result not return success: FAILURE',
      });
    }
  });
});
