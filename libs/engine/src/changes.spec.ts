import { changesBetween } from './changes';
import { evolve } from './evolve';
import { answered, sagaState, started } from './saga/saga-state.spec-helper';
import { sagaMode } from './saga/saga.mode';

describe('changesBetween', () => {
  const durable = sagaState('P P P P');

  it('is nothing for the same state', () => {
    expect(changesBetween(durable, durable)).toBeUndefined();
  });

  it('is nothing when only the memory of the run has changed', () => {
    const state = answered(started(durable, '01 action'), '01 action', 'error');
    expect(changesBetween(durable, state)).toBeUndefined();
  });

  it('holds every row that changed since, with its last status', () => {
    const state = answered(answered(durable, '01 action', 'success'), '02 action', 'failure');
    expect(changesBetween(durable, state)).toEqual({
      branches: [
        { branchId: '01', op: 'action', status: 'succeed' },
        { branchId: '02', op: 'action', status: 'failed' },
      ],
    });
  });

  it('holds several changes of status as the last one, with the reason', () => {
    const aborting = evolve(sagaMode, durable, { type: 'changed', to: 'aborting', reason: 'too late' });
    const failed = evolve(sagaMode, aborting, { type: 'changed', to: 'failed' });
    expect(changesBetween(durable, failed)).toEqual({ branches: [], status: 'failed', rollbackReason: 'too late' });
    expect(changesBetween(aborting, failed)).toEqual({ branches: [], status: 'failed' });
  });
});
