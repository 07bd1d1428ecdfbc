import { BarrierDuplicatedError } from '../errors/barrier-duplicated.error';
import { Barrier } from './barrier';
import type { BarrierInfo } from './barrier-info';
import { OPENING_BALANCE, Participant } from './participant.spec-helper';
import type { SqlExecutor } from './sql-executor';

const SQLITE = { dialect: 'sqlite' } as const;

function request(op: string, overrides: Partial<BarrierInfo> = {}): BarrierInfo {
  return { transType: 'saga', gid: 'g1', branchId: '01', op, ...overrides };
}

describe('Barrier', () => {
  let participant: Participant;
  beforeEach(() => {
    participant = new Participant();
  });
  afterEach(() => participant.close());

  const call = (op: string) => participant.call(new Barrier(request(op), SQLITE), async () => `${op} done`);

  it('runs the business of a new request and hands its value on', async () => {
    expect(await call('action')).toEqual({ ran: true, value: 'action done' });
    expect(participant.barrierRows).toEqual([
      { trans_type: 'saga', gid: 'g1', branch_id: '01', op: 'action', barrier_id: '01', reason: 'action' },
    ]);
  });

  it.each(['action', 'compensate', 'try', 'confirm', 'cancel', 'commit'])('runs a repeated %s once', async (op) => {
    if (op === 'compensate') await call('action');
    if (op === 'cancel') await call('try');
    expect(await call(op)).toEqual({ ran: true, value: `${op} done` });
    expect(await call(op)).toEqual({ ran: false, reason: 'duplicate' });
  });

  it.each([
    ['action', 'compensate'],
    ['try', 'cancel'],
    ['action', 'rollback'],
  ])(
    'suppresses the undo of a %s that never came, and that %s when it comes later (undone by %s)',
    async (forward, undo) => {
      expect(await call(undo)).toEqual({ ran: false, reason: 'null-compensation' });
      expect(await call(forward)).toEqual({ ran: false, reason: 'suspended' });
      expect(await call(undo)).toEqual({ ran: false, reason: 'duplicate' });
      expect(participant.barrierRows.map(({ op, reason }) => [op, reason])).toEqual([
        [forward, undo],
        [undo, undo],
      ]);
    },
  );

  it('lets the business run again after it failed, as its row was rolled back with it', async () => {
    expect(await participant.receive(request('action'), -30, 'business fails')).toBe('error');
    expect(participant.barrierRows).toEqual([]);
    expect(participant.balance).toBe(OPENING_BALANCE);
    expect(await participant.receive(request('action'), -30)).toBe('success');
    expect(participant.balance).toBe(OPENING_BALANCE - 30);
  });

  it('throws on what the business throws', async () => {
    const refused = new Error('account is frozen');
    const outcome = participant.call(new Barrier(request('action'), SQLITE), () => Promise.reject(refused));
    await expect(outcome).rejects.toBe(refused);
  });

  it('keeps branches, transactions and types of operation apart', async () => {
    await call('action');
    for (const other of [request('action', { branchId: '02' }), request('action', { gid: 'G1' }), request('confirm')]) {
      expect(await participant.receive(other, 1)).toBe('success');
    }
    expect(participant.balance).toBe(OPENING_BALANCE + 3);
  });

  it('numbers its calls, so that one request may work on several databases', async () => {
    const other = new Participant();
    const twoDatabases = async (mishap?: 'dies in between') => {
      const barrier = new Barrier(request('action'), SQLITE);
      await participant.inTransaction((executor) =>
        barrier.call(executor, () => participant.move(executor, request('action'), -10)),
      );
      if (mishap) return;
      await other.inTransaction((executor) =>
        barrier.call(executor, () => other.move(executor, request('action'), 10)),
      );
    };
    await twoDatabases('dies in between');
    await twoDatabases();
    await twoDatabases();
    expect([participant.balance, other.balance]).toEqual([OPENING_BALANCE - 10, OPENING_BALANCE + 10]);
    expect(participant.barrierRows.map((row) => row['barrier_id'])).toEqual(['01']);
    expect(other.barrierRows.map((row) => row['barrier_id'])).toEqual(['02']);
    other.close();
  });

  it('works on a table of another name in a named schema', async () => {
    const elsewhere = new Participant('main.Barriers_2');
    expect(await elsewhere.receive(request('action'), 5)).toBe('success');
    expect(await elsewhere.receive(request('action'), 5)).toBe('success');
    expect(elsewhere.balance).toBe(OPENING_BALANCE + 5);
    elsewhere.close();
  });

  it('rejects a message that was handled before, so that its local transaction rolls back', async () => {
    const message = request('msg', { transType: 'msg', branchId: '00' });
    const send = () => participant.call(new Barrier(message, SQLITE), async () => 'sent');
    expect(await send()).toEqual({ ran: true, value: 'sent' });
    const repeated = await send().catch((error: unknown) => error);
    expect(repeated).toBeInstanceOf(BarrierDuplicatedError);
    expect(repeated).toMatchObject({ name: 'BarrierDuplicatedError', code: 'DTX_BARRIER_DUPLICATED', gid: 'g1' });
  });

  it('stops when the table does not answer like a barrier table, instead of guessing', async () => {
    const driver = (affected: unknown): SqlExecutor => ({
      execute: async () => ({ affected: affected as number, rows: [] }),
    });
    let ran = false;
    const business = async () => {
      ran = true;
    };
    for (const affected of [undefined, 2, -1]) {
      const outcome = new Barrier(request('action'), SQLITE).call(driver(affected), business);
      await expect(outcome).rejects.toMatchObject({ code: 'DTX_BARRIER_TABLE', table: 'dtx_barrier' });
    }
    // A duplicate whose row cannot be read.
    const outcome = new Barrier(request('action'), SQLITE).call(driver(0), business);
    await expect(outcome).rejects.toMatchObject({ code: 'DTX_BARRIER_TABLE' });
    expect(ran).toBe(false);
  });
});

describe('the request of a Barrier', () => {
  const build = (overrides: Partial<Record<keyof BarrierInfo, unknown>>) => () =>
    new Barrier({ ...request('action'), ...overrides } as BarrierInfo, SQLITE);

  it.each(['transType', 'gid', 'branchId', 'op'] as const)('must say its %s', (field) => {
    for (const missing of ['', undefined, null, 7]) {
      expect(build({ [field]: missing })).toThrow(
        expect.objectContaining({ name: 'BarrierInfoError', code: 'DTX_BARRIER_INFO', field }),
      );
    }
  });

  it.each([
    ['transType', 45],
    ['gid', 128],
    ['branchId', 128],
    ['op', 45],
  ] as const)('must fit its column: %s into %i characters', (field, width) => {
    expect(build({ [field]: 'x'.repeat(width) })).not.toThrow();
    expect(build({ [field]: 'x'.repeat(width + 1) })).toThrow(`${field} is longer than ${width} characters`);
  });

  it.each(['a\0b', 'a\n', 'a ', '\ud800'])('must be storable exactly, unlike %j', (gid) => {
    expect(build({ gid })).toThrow('invalid branch request: gid holds control characters or ends with a space');
  });
});
