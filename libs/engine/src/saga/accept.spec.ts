import { DEFAULT_ENGINE_SETTINGS } from '../settings';
import {
  DEFAULT_LIMITS,
  parseTransactionRequest,
  type GlobalStatus,
  type TransactionRequest,
} from '@nestjs-dtx/protocol';
import type { Acceptance, Command, StoredTransaction } from '../command';
import { sagaMode } from './saga.mode';
import { transfer } from './scripted-saga.spec-helper';

const requestOf = (fields: object = {}): TransactionRequest =>
  parseTransactionRequest(transfer(fields), DEFAULT_LIMITS);

const stored = (status: GlobalStatus, fields: Partial<StoredTransaction> = {}): StoredTransaction => ({
  transType: 'saga',
  status,
  branchCount: 4,
  ...fields,
});

const accept = (command: Command, found?: StoredTransaction): Acceptance =>
  sagaMode.accept(command, found, { settings: DEFAULT_ENGINE_SETTINGS });

const conflict = (message: string): Acceptance => ({ accept: 'refuse', kind: 'conflict', message });

describe.each([
  ['prepare', 'prepared', false],
  ['submit', 'submitted', true],
] as const)('%s of an unknown saga', (kind, status, start) => {
  it(`stores it as ${status}, compensate before action in every step`, () => {
    const request = requestOf({ retry_limit: 3, custom_data: '{"concurrent":true}', query_prepared: 'http://a' });
    const accepted = accept({ kind, request });
    expect(accepted).toMatchObject({
      accept: 'create',
      start,
      transaction: {
        gid: 'trip-5',
        transType: 'saga',
        status,
        protocol: 'http',
        queryPrepared: 'http://a',
        customData: '{"concurrent":true}',
        options: { retryLimit: 3 },
        branches: [
          { branchId: '01', op: 'compensate', url: 'http://busi/out.rev', status: 'prepared' },
          { branchId: '01', op: 'action', url: 'http://busi/out', status: 'prepared' },
          { branchId: '02', op: 'compensate', url: 'http://busi/in.rev', status: 'prepared' },
          { branchId: '02', op: 'action', url: 'http://busi/in', status: 'prepared' },
        ],
      },
    });
  });

  it('refuses custom data that it cannot read, and names the field once', () => {
    const request = requestOf({ custom_data: '{"concurrent":true,"orders":{"7":[0]}}' });
    expect(accept({ kind, request })).toEqual({
      accept: 'refuse',
      kind: 'invalid',
      field: 'custom_data',
      message: 'custom_data has orders for a step that does not exist; there are 2 steps',
    });
  });
});

describe('prepare', () => {
  const prepare = (found: StoredTransaction): Acceptance => accept({ kind: 'prepare', request: requestOf() }, found);

  it('is idempotent while prepared', () => {
    expect(prepare(stored('prepared'))).toEqual({ accept: 'repeat', start: false });
  });

  it.each(['submitted', 'aborting', 'succeed', 'failed'] as const)('is refused when %s', (status) => {
    expect(prepare(stored(status))).toEqual(conflict(`current status '${status}', cannot prepare. FAILURE`));
  });

  it('is refused when the gid belongs to another type', () => {
    expect(prepare(stored('prepared', { transType: 'tcc' }))).toEqual(
      conflict("trans type: 'tcc' current status 'prepared', cannot prepare. FAILURE"),
    );
  });
});

describe('submit', () => {
  const submit = (found: StoredTransaction, fields: object = {}): Acceptance =>
    accept({ kind: 'submit', request: requestOf(fields) }, found);

  it('of a prepared saga starts it and keeps what the prepare stored', () => {
    expect(submit(stored('prepared'))).toEqual({
      accept: 'change',
      from: 'prepared',
      to: 'submitted',
      patch: {},
      start: true,
    });
  });

  it('of a prepared saga brings its own options and custom data along (Q14)', () => {
    expect(submit(stored('prepared'), { wait_result: true, custom_data: '{"concurrent":true}' })).toMatchObject({
      patch: { options: { waitResult: true }, customData: '{"concurrent":true}' },
    });
  });

  it('checks its orders against the steps that were stored', () => {
    const orders = { steps: [], custom_data: '{"concurrent":true,"orders":{"2":[1]}}' };
    expect(submit(stored('prepared', { branchCount: 6 }), orders)).toMatchObject({ accept: 'change' });
    expect(submit(stored('prepared', { branchCount: 4 }), orders)).toMatchObject({ accept: 'refuse', kind: 'invalid' });
  });

  it('of a submitted saga starts a pass', () => {
    expect(submit(stored('submitted'))).toEqual({ accept: 'repeat', start: true, status: 'submitted' });
  });

  it.each(['aborting', 'succeed', 'failed'] as const)('is refused when %s, in the words that dtm uses', (status) => {
    expect(submit(stored(status))).toEqual(conflict(`current status '${status}', cannot sumbmit. FAILURE`));
  });

  it('is refused when the gid belongs to another type', () => {
    expect(submit(stored('prepared', { transType: 'msg', branchCount: 3 }))).toEqual(
      conflict("trans type: 'msg' current status 'prepared', cannot sumbmit. FAILURE"),
    );
  });
});

describe('abort', () => {
  const abort: Command = { kind: 'abort', gid: 'trip-5', rollbackReason: 'changed my mind' };

  it.each(['prepared', 'submitted', 'aborting', 'succeed', 'failed'] as const)(
    'is never open to a saga: %s',
    (status) => {
      expect(accept(abort, stored(status))).toEqual(
        conflict(`trans type: 'saga' current status '${status}', cannot abort. FAILURE`),
      );
    },
  );

  it('of an unknown gid says so', () => {
    expect(accept(abort)).toEqual({
      accept: 'refuse',
      kind: 'unknown',
      message: 'no TransGlobal with gid: trip-5 found',
    });
  });
});

describe('forceStop', () => {
  const forceStop: Command = { kind: 'forceStop', gid: 'trip-5' };

  it.each(['prepared', 'submitted', 'aborting'] as const)('fails a saga that is %s, and undoes nothing', (status) => {
    expect(accept(forceStop, stored(status))).toEqual({
      accept: 'change',
      from: status,
      to: 'failed',
      patch: {},
      start: false,
    });
  });

  it.each(['succeed', 'failed'] as const)('is refused when %s', (status) => {
    expect(accept(forceStop, stored(status))).toEqual(
      conflict(`global transaction force stop error. status: ${status}. error: FAILURE`),
    );
  });

  it('of an unknown gid says so', () => {
    expect(accept(forceStop)).toMatchObject({ accept: 'refuse', kind: 'unknown' });
  });
});
