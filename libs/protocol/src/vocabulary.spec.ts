import {
  FINAL_STATUSES,
  GLOBAL_STATUSES,
  isFinalStatus,
  isGlobalStatus,
  isTransType,
  ORIGIN_OPS,
  TRANS_TYPES,
} from './vocabulary';

describe('the words of the protocol', () => {
  it('are the ones that dtm stores and sends (spec 1.1, 1.5)', () => {
    expect(TRANS_TYPES).toEqual(['saga', 'tcc', 'xa', 'msg', 'workflow']);
    expect(GLOBAL_STATUSES).toEqual(['prepared', 'submitted', 'aborting', 'succeed', 'failed']);
  });

  it('knows which statuses are final', () => {
    expect(GLOBAL_STATUSES.filter(isFinalStatus)).toEqual([...FINAL_STATUSES]);
  });

  it.each(['saga', 'workflow'])('takes %s for a transaction type', (text) => expect(isTransType(text)).toBe(true));

  it.each(['', 'Saga', 'saga ', 'at', 'toString'])('does not take %j for a transaction type', (text) => {
    expect(isTransType(text)).toBe(false);
  });

  it.each(['prepared', 'succeed'])('takes %s for a global status', (text) => expect(isGlobalStatus(text)).toBe(true));

  it.each(['', 'succeeded', 'FAILED'])('does not take %j for a global status', (text) => {
    expect(isGlobalStatus(text)).toBe(false);
  });

  it('knows what each undo operation answers (spec 8.3)', () => {
    expect(ORIGIN_OPS).toEqual({ cancel: 'try', compensate: 'action', rollback: 'action' });
  });
});
