import { BarrierDuplicatedError } from '../errors/barrier-duplicated.error';
import { Barrier } from './barrier';
import { OPENING_BALANCE, Participant } from './participant.spec-helper';
import { queryPrepared } from './query-prepared';

const MESSAGE = { transType: 'msg', gid: 'm1', branchId: '00', op: 'msg' };

describe('queryPrepared', () => {
  it.each([undefined, 'main.my_barrier'])(
    'finds a committed message in the table of its barrier (%s)',
    async (table) => {
      const participant = new Participant(table);
      expect(await participant.receive(MESSAGE, -10)).toBe('success');
      expect(await participant.checkBack(MESSAGE)).toBe('committed');
      participant.close();
    },
  );

  it('keeps a message from committing once it has said that it did not', async () => {
    const participant = new Participant();
    expect(await participant.receive(MESSAGE, -10, 'business fails')).toBe('error');
    expect(await participant.checkBack(MESSAGE)).toBe('rolled-back');
    expect(await participant.checkBack(MESSAGE)).toBe('rolled-back');
    const late = participant.call(new Barrier(MESSAGE, { dialect: 'sqlite' }), async () => 'committed after all');
    await expect(late).rejects.toBeInstanceOf(BarrierDuplicatedError);
    expect(participant.balance).toBe(OPENING_BALANCE);
    expect(participant.barrierRows).toEqual([
      { trans_type: 'msg', gid: 'm1', branch_id: '00', op: 'msg', barrier_id: '01', reason: 'rollback' },
    ]);
    participant.close();
  });

  it('refuses a request that does not say which message it is about', async () => {
    const unused = { execute: () => Promise.reject(new Error('not to be called')) };
    const outcome = queryPrepared(unused, { ...MESSAGE, gid: '' }, { dialect: 'sqlite' });
    await expect(outcome).rejects.toMatchObject({ code: 'DTX_BARRIER_INFO', field: 'gid' });
  });
});
