import { hasGrpcScheme, parseGrpcUrl } from './grpc-url';

describe('a branch URL of gRPC', () => {
  test.each([
    ['bank:9000/bank.Bank/Out', { host: 'bank', port: 9000, tls: false, path: '/bank.Bank/Out' }],
    ['127.0.0.1:1/Bank/Out', { host: '127.0.0.1', port: 1, tls: false, path: '/Bank/Out' }],
    ['[::1]:65535/a.b.C/d_1', { host: '::1', port: 65535, tls: false, path: '/a.b.C/d_1' }],
    ['grpc://bank.example:9000/b.B/O', { host: 'bank.example', port: 9000, tls: false, path: '/b.B/O' }],
    ['GRPCS://bank:9000/b.B/O', { host: 'bank', port: 9000, tls: true, path: '/b.B/O' }],
  ])('%s is taken apart', (url, target) => {
    expect(parseGrpcUrl(url)).toEqual(target);
  });

  test.each([
    '',
    'bank:9000',
    'bank/b.B/O',
    'bank:0/b.B/O',
    'bank:65536/b.B/O',
    'bank:9000/b.B',
    'bank:9000/b.B/O/x',
    'bank:9000/b.B/O?x=1',
    'bank:9000//O',
    'http://bank:9000/b.B/O',
    'etcd://bank:9000/b.B/O',
    'a b:9000/b.B/O',
    'user@bank:9000/b.B/O',
  ])('%p is none', (url) => {
    expect(parseGrpcUrl(url)).toBeUndefined();
  });

  test('says by its scheme that it is one', () => {
    expect(['grpc://a:1/b/c', 'grpcs://a:1/b/c', 'a:1/b/c', 'http://a'].map(hasGrpcScheme)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
