import type { HttpCallRequest } from '../http-call';
import { requestHead } from './request-head';

const REQUEST: HttpCallRequest = {
  method: 'POST',
  path: '/out?gid=g',
  payload: Buffer.from('{"ä":1}'),
  headers: ['accept', '*/*'],
  timeoutMs: 1,
};

describe('the head of a request', () => {
  test('says where, what and how much', () => {
    expect(requestHead(REQUEST, 'bank:8080')).toBe(
      'POST /out?gid=g HTTP/1.1\r\nhost: bank:8080\r\naccept: */*\r\ncontent-length: 8\r\nconnection: keep-alive\r\n\r\n',
    );
  });

  test('of a GET tells no length', () => {
    const get: HttpCallRequest = { ...REQUEST, method: 'GET', payload: Buffer.alloc(0) };
    expect(requestHead(get, 'bank')).not.toContain('content-length');
  });

  test('has the host that the transaction wants', () => {
    const head = requestHead({ ...REQUEST, headers: ['host', 'virtual'] }, 'bank');
    expect(head.match(/host: .*/g)).toEqual(['host: virtual']);
  });

  test.each([
    ['path', { path: '/a b' }],
    ['path', { path: '/a\r\nx: y' }],
    ['path', { path: '/ä' }],
    ['path', { path: '' }],
    ['header name', { headers: ['x y', '1'] }],
    ['header name', { headers: ['x\r\ny', '1'] }],
    ['header name', { headers: ['', '1'] }],
    ['value of the header x', { headers: ['x', '1\r\ny: 2'] }],
    ['value of the header x', { headers: ['x', '1\0'] }],
    ['value of the header x', { headers: ['x', '☃'] }],
  ] satisfies [string, Partial<HttpCallRequest>][])('refuses a %s that is none: %j', (what, change) => {
    expect(() => requestHead({ ...REQUEST, ...change }, 'bank')).toThrow(what);
  });
});
