import { DEFAULT_ENGINE_SETTINGS } from '../settings';
import { DEFAULT_LIMITS, parseTransactionRequest } from '@nestjs-dtx/protocol';
import { sagaMode } from './saga.mode';
import { ScriptedSaga, transfer, type Script } from './scripted-saga.spec-helper';

const CONCURRENT = { custom_data: '{"concurrent":true,"orders":{}}' };
const IN_FAILED = 'url:http://busi/in return failed: Insufficient balance FAILURE';

/** The conformance catalogue, seen from the engine: which calls are decided, which rows and status follow. */
describe('saga', () => {
  it('SAGA-01 runs its steps in order', () => {
    const saga = new ScriptedSaga(transfer());
    expect(saga.visit()).toBeUndefined();
    expect(saga.calls).toEqual(['01 action', '02 action']);
    expect([saga.state.status, saga.rows, saga.state.rollbackReason]).toEqual(['succeed', 'P S P S', '']);
  });

  it('SAGA-02 compensates in reverse order, the refusing step included', () => {
    const saga = new ScriptedSaga(transfer(), { '02 action': ['fail Insufficient balance'] });
    expect(saga.visit()).toBeUndefined();
    expect(saga.calls).toEqual(['01 action', '02 action', '02 compensate', '01 compensate']);
    expect([saga.state.status, saga.rows, saga.state.rollbackReason]).toEqual(['failed', 'S S S F', IN_FAILED]);
  });

  it('SAGA-03 leaves step 2 alone while step 1 is ongoing', () => {
    const saga = new ScriptedSaga(transfer(), { '01 action': ['wait'] });
    expect(saga.visit()).toBe(10);
    expect([saga.state.status, saga.rows]).toEqual(['submitted', 'P P P P']);
    expect(saga.visit(10)).toBeUndefined();
    expect(saga.calls).toEqual(['01 action', '01 action', '02 action']);
    expect([saga.state.status, saga.rows, saga.state.rollbackReason]).toEqual(['succeed', 'P S P S', '']);
  });

  it('SAGA-05 answers a second submit by one more pass, and one after the end by 409', () => {
    const request = parseTransactionRequest(transfer(), DEFAULT_LIMITS);
    const submit = (status: 'submitted' | 'succeed'): unknown =>
      sagaMode.accept(
        { kind: 'submit', request },
        { transType: 'saga', status, branchCount: 4 },
        { settings: DEFAULT_ENGINE_SETTINGS },
      );
    expect(submit('submitted')).toEqual({ accept: 'repeat', start: true, status: 'submitted' });
    expect(submit('succeed')).toEqual({
      accept: 'refuse',
      kind: 'conflict',
      message: "current status 'succeed', cannot sumbmit. FAILURE",
    });
    const saga = new ScriptedSaga(transfer(), { '01 action': ['wait'] });
    saga.visit();
    expect(saga.visit()).toBeUndefined();
    expect(saga.calls).toEqual(['01 action', '01 action', '02 action']);
  });

  it('SAGA-06 takes an empty URL for success', () => {
    const steps = [
      { action: 'http://busi/out', compensate: '' },
      { action: '', compensate: '' },
    ];
    const saga = new ScriptedSaga(transfer({ steps }));
    expect(saga.visit()).toBeUndefined();
    expect([saga.state.status, saga.rows]).toEqual(['succeed', 'P S P S']);
  });

  it('SAGA-06 records an empty compensation as done', () => {
    const steps = [
      { action: 'http://busi/out', compensate: '' },
      { action: 'http://busi/in', compensate: '' },
    ];
    const saga = new ScriptedSaga(transfer({ steps }), { '02 action': ['fail no'] });
    expect(saga.visit()).toBeUndefined();
    expect([saga.state.status, saga.rows]).toEqual(['failed', 'S S S F']);
  });

  it('SAGA-07 takes payloads from the steps, where old clients put them', () => {
    const steps = [
      { action: 'http://busi/out', compensate: 'http://busi/out.rev', data: '{"amount":1}' },
      { action: 'http://busi/in', compensate: 'http://busi/in.rev', data: '{"amount":2}' },
    ];
    const saga = new ScriptedSaga(transfer({ steps, payloads: null }));
    saga.visit();
    const payloads = saga.state.branches.map(({ op, payload }) => `${op} ${Buffer.from(payload).toString()}`);
    expect(payloads).toEqual([
      'compensate {"amount":1}',
      'action {"amount":1}',
      'compensate {"amount":2}',
      'action {"amount":2}',
    ]);
    expect(saga.rows).toBe('P S P S');
  });

  it('SAGA-10 calls the steps of a concurrent saga together', () => {
    const saga = new ScriptedSaga(transfer(CONCURRENT));
    expect(saga.visit()).toBeUndefined();
    expect(saga.calls).toEqual(['01 action, 02 action']);
    expect([saga.state.status, saga.rows]).toEqual(['succeed', 'P S P S']);
  });

  it('SAGA-11 compensates a concurrent saga together, and repeats what is ongoing', () => {
    const script: Script = { '01 action': ['fail no'], '01 compensate': ['wait'] };
    const saga = new ScriptedSaga(transfer(CONCURRENT), script);
    expect(saga.visit()).toBe(10);
    expect(saga.state.status).toBe('aborting');
    expect(saga.visit(10)).toBeUndefined();
    expect(saga.calls).toEqual(['01 action, 02 action', '01 compensate, 02 compensate', '01 compensate']);
    expect([saga.state.status, saga.rows]).toEqual(['failed', 'S F S S']);
  });

  it('SAGA-12 does not compensate a step that waited in vain', () => {
    const orders = { custom_data: '{"concurrent":true,"orders":{"1":[0]}}' };
    const saga = new ScriptedSaga(transfer(orders), { '01 action': ['fail no'] });
    expect(saga.visit()).toBeUndefined();
    expect(saga.calls).toEqual(['01 action', '01 compensate']);
    expect([saga.state.status, saga.rows]).toEqual(['failed', 'S F P P']);
  });

  it('SAGA-14 goes on with the others while one is ongoing', () => {
    const saga = new ScriptedSaga(transfer(CONCURRENT), { '01 action': ['wait'] });
    expect(saga.visit()).toBe(10);
    expect([saga.state.status, saga.rows]).toEqual(['submitted', 'P P P S']);
    expect(saga.visit(10)).toBeUndefined();
    expect(saga.calls).toEqual(['01 action, 02 action', '01 action']);
    expect([saga.state.status, saga.rows]).toEqual(['succeed', 'P S P S']);
  });

  it('SAGA-20 keeps the interval of an ongoing step', () => {
    const saga = new ScriptedSaga(transfer({ retry_interval: 150 }), { '01 action': ['wait', 'wait'] });
    expect(saga.visit()).toBe(150);
    expect(saga.visit(150)).toBe(150);
    expect(saga.visit(300)).toBeUndefined();
    expect(saga.state.status).toBe('succeed');
  });

  it('SAGA-21 doubles the interval after an error', () => {
    const saga = new ScriptedSaga(transfer({ retry_interval: 150 }), { '01 action': ['err', 'err'] });
    expect(saga.visit()).toBe(300);
    expect([saga.state.status, saga.rows]).toEqual(['submitted', 'P P P P']);
    expect(saga.visit(300)).toBe(600);
    expect(saga.visit(900)).toBeUndefined();
    expect(saga.state.status).toBe('succeed');
  });

  it('SAGA-22 compensates what may have run when the time is over', () => {
    const saga = new ScriptedSaga(transfer({ timeout_to_fail: 1800 }), { '01 action': ['wait'] });
    expect(saga.visit()).toBe(10);
    expect(saga.visit(3600)).toBeUndefined();
    expect(saga.calls).toEqual(['01 action', '01 compensate']);
    expect([saga.state.status, saga.rows]).toEqual(['failed', 'S P P P']);
    expect(saga.state.rollbackReason).toBe('Timeout after 1800 seconds');
  });

  it('SAGA-23 answers a waiting client with success when it is done', () => {
    const saga = new ScriptedSaga(transfer({ wait_result: true }));
    saga.visit();
    expect(saga.answer).toEqual({ result: 'success' });
  });

  it('SAGA-24 answers a waiting client with a failure when it is not done', () => {
    const saga = new ScriptedSaga(transfer({ wait_result: true }), { '01 action': ['wait'] });
    saga.visit();
    expect([saga.state.status, saga.rows]).toEqual(['submitted', 'P P P P']);
    expect(saga.answer).toEqual({ result: 'failure', message: 'wait result not return success: FAILURE' });
    saga.visit(10);
    expect(saga.state.status).toBe('succeed');
  });

  it('SAGA-25 answers a waiting client with the reason, the word at its end', () => {
    const saga = new ScriptedSaga(transfer({ wait_result: true }), { '02 action': ['fail Insufficient balance'] });
    saga.visit();
    expect(saga.rows).toBe('S S S F');
    expect(saga.answer).toEqual({ result: 'failure', message: IN_FAILED });
  });

  it('SAGA-26 SAGA-28 keeps headers, timeout and the payload null as they came', () => {
    const body = transfer({ branch_headers: { test_header: 'test' }, request_timeout: 6, payloads: ['null', 'null'] });
    const { options, branches } = new ScriptedSaga(body).state;
    expect(options).toEqual({ branchHeaders: { test_header: 'test' }, requestTimeout: 6 });
    expect(branches.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['null', 'null', 'null', 'null']);
  });

  it('SAGA-29 repeats an error at once, as often as the limit says', () => {
    const saga = new ScriptedSaga(transfer({ retry_limit: 3 }), { '02 action': ['err', 'lost', 'err'] });
    expect(saga.visit()).toBeUndefined();
    expect(saga.calls).toEqual(['01 action', ...Array<string>(4).fill('02 action')]);
    expect([saga.state.status, saga.rows, saga.answer]).toEqual(['succeed', 'P S P S', { result: 'success' }]);
  });

  it('SAGA-30 gives up beyond the limit', () => {
    const saga = new ScriptedSaga(transfer({ retry_limit: 1 }), { '02 action': ['err', 'err'] });
    expect(saga.visit()).toBeUndefined();
    expect(saga.calls).toEqual(['01 action', '02 action', '02 action', '02 compensate', '01 compensate']);
    expect([saga.state.status, saga.rows]).toEqual(['failed', 'S S S P']);
    expect(saga.state.rollbackReason).toBe('RetryCount is greater than RetryLimit, RetryLimit: 1');
    expect(saga.answer).toEqual({
      result: 'failure',
      message: 'RetryCount is greater than RetryLimit, RetryLimit: 1 FAILURE',
    });
  });

  it('X-01 retries a refusing compensation for as long as it takes, and stays aborting', () => {
    const script: Script = { '01 action': ['fail no'], '01 compensate': ['fail I will not', 'fail I will not', 'err'] };
    const saga = new ScriptedSaga(transfer({ retry_interval: 1 }), script);
    expect(saga.visit()).toBe(2);
    expect([saga.state.status, saga.rows]).toEqual(['aborting', 'P F P P']);
    expect(saga.visit(2)).toBe(4);
    expect(saga.visit(6)).toBe(8);
    expect(saga.visit(14)).toBeUndefined();
    expect([saga.state.status, saga.rows]).toEqual(['failed', 'S F P P']);
    expect(saga.state.rollbackReason).toBe('url:http://busi/out return failed: no FAILURE');
  });

  it('X-02 waits twice the default interval after the first error', () => {
    expect(new ScriptedSaga(transfer(), { '01 action': ['err'] }).visit()).toBe(20);
  });

  it('X-03 makes one call more than the limit, without a pause, before it compensates', () => {
    const saga = new ScriptedSaga(transfer({ retry_limit: 2 }), { '01 action': ['err', 'err', 'err'] });
    expect(saga.visit()).toBeUndefined();
    expect(saga.calls).toEqual(['01 action', '01 action', '01 action', '01 compensate']);
    expect([saga.state.status, saga.rows]).toEqual(['failed', 'S P P P']);
  });
});
