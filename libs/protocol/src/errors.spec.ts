import { DtxError, ERROR_CODES, InvalidRequestError } from './errors';

describe('errors', () => {
  it('have a name, a code and a cause', () => {
    const cause = new Error('disk full');
    const error = new DtxError(ERROR_CODES.storeUnavailable, 'the store does not answer', { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'DtxError',
      code: 'DTX_STORE_UNAVAILABLE',
      message: 'the store does not answer',
    });
    expect(error.cause).toBe(cause);
  });

  it('of a request name the field first', () => {
    const error = new InvalidRequestError('steps[0].action', 'must be a string');
    expect(error).toBeInstanceOf(DtxError);
    expect(error).toMatchObject({
      name: 'InvalidRequestError',
      code: 'DTX_INVALID_REQUEST',
      field: 'steps[0].action',
      message: 'steps[0].action must be a string',
    });
  });

  it('have codes that are unique and of one form', () => {
    const codes = Object.values(ERROR_CODES);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^DTX_[A-Z]+(_[A-Z]+)*$/);
  });
});
