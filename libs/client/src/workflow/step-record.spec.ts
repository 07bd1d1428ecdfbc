import type { StepIdentity, StepOutcome } from './step';
import { decodeStep, digestOf, encodeStep } from './step-record';

const KEY = { branchId: '01', op: 'action' };
const LOCAL: StepIdentity = { name: 'reserve', kind: 'local' };
const success = (value: unknown): StepOutcome => ({ kind: 'success', value });

describe('the record of a step', () => {
  it('is JSON that people can read, with what a replay compares', () => {
    const row = encodeStep(KEY, { name: 'pay', kind: 'http', input: 'ab12' }, success({ id: 3 }));
    expect(row).toEqual({
      branchId: '01',
      op: 'action',
      status: 'succeed',
      data: '{"nestjs-dtx":1,"step":"pay","kind":"http","input":"ab12","result":{"id":3}}',
    });
  });

  it.each([[undefined], [null], [0], [''], ['text'], ['\u0000\uD800 "ü"'], [[1, { a: null }]], [{ 'nestjs-dtx': 1 }]])(
    'brings the result %j back',
    (value) => {
      expect(decodeStep(encodeStep(KEY, LOCAL, success(value)))).toEqual({
        ...KEY,
        identity: LOCAL,
        outcome: success(value),
      });
    },
  );

  it('survives as UTF-8, lone surrogates too (Q30)', () => {
    const { data } = encodeStep(KEY, LOCAL, success('\uD800'));
    expect(Buffer.from(data).toString()).toBe(data);
  });

  it('brings a failure back', () => {
    const row = encodeStep(KEY, LOCAL, { kind: 'failure', reason: 'no stock' });
    expect(row.status).toBe('failed');
    expect(decodeStep(row).outcome).toEqual({ kind: 'failure', reason: 'no stock' });
  });

  it.each([
    ['{"id":3}', { id: 3 }],
    ['plain text', 'plain text'],
    ['', undefined],
    ['{"step":"reserve","result":1}', { step: 'reserve', result: 1 }],
  ])('of another SDK is its bare result: %j', (data, value) => {
    const decoded = decodeStep({ ...KEY, status: 'succeed', data });
    expect(decoded).toEqual({ ...KEY, outcome: success(value) });
  });

  it('of another SDK that failed is the text of its error', () => {
    const { outcome } = decodeStep({ ...KEY, status: 'failed', data: 'no stock FAILURE' });
    expect(outcome).toEqual({ kind: 'failure', reason: 'no stock FAILURE' });
  });

  it('of a later version of this library is not guessed at', () => {
    const row = { ...KEY, status: 'succeed', data: '{"nestjs-dtx":2,"step":"reserve"}' } as const;
    expect(() => decodeStep(row)).toThrow(expect.objectContaining({ code: 'DTX_WORKFLOW_CHANGED' }));
  });
});

describe('the digest of an input', () => {
  it('is the same for the same text only', () => {
    expect(digestOf('{"a":1}')).toBe(digestOf('{"a":1}'));
    expect(digestOf('{"a":1}')).not.toBe(digestOf('{"a":2}'));
    expect(digestOf('')).toMatch(/^[0-9a-f]{16}$/);
  });
});
