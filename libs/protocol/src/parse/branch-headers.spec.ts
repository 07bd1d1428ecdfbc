import { InvalidRequestError } from '../errors';
import { checkBranchHeaders } from './branch-headers';

const problemOf = (headers: Record<string, string>, most = 64): string => {
  try {
    checkBranchHeaders(headers, most);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect((error as InvalidRequestError).field).toBe('branch_headers');
    return (error as Error).message;
  }
  return '';
};

describe('checkBranchHeaders', () => {
  it('returns what every HTTP client can send', () => {
    const headers = { 'x-tenant': 'acme', Authorization: 'Bearer a.b-c', test_header: '', 'x-name': 'J\xfcrgen\tK' };
    expect(checkBranchHeaders(headers, 4)).toBe(headers);
  });

  it('refuses more entries than the limit', () => {
    expect(problemOf({ a: '1', b: '2', c: '3' }, 2)).toBe('branch_headers must not hold more than 2 entries');
  });

  it.each(['', 'x y', 'x:y', 'x\n', 'größe', 'x"y', '(x)'])('refuses the name %j', (name) => {
    expect(problemOf({ [name]: 'v' })).toBe('branch_headers has a name that is no HTTP header name');
  });

  it.each(['a\r\nx-evil: 1', 'a\0', '\x7f', '日本'])('refuses the value %j', (value) => {
    expect(problemOf({ 'x-tenant': value })).toBe('branch_headers has a value that no HTTP header can carry');
  });

  it.each(['Host', 'content-length', 'Transfer-Encoding', 'connection', 'expect', 'upgrade', 'keep-alive'])(
    'refuses %s, which belongs to the connection',
    (name) => {
      expect(problemOf({ [name]: '1' })).toMatch(/^branch_headers must not set .*host/);
    },
  );
});
