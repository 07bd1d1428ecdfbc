import { parseGrpcCoordinator } from './grpc-coordinator-address';

describe('parseGrpcCoordinator', () => {
  it.each([
    ['localhost:36790', { host: 'localhost', port: 36790, tls: false }],
    ['grpc://tm.example:443/', { host: 'tm.example', port: 443, tls: false }],
    ['grpcs://tm.example:443', { host: 'tm.example', port: 443, tls: true }],
    ['[::1]:36790', { host: '::1', port: 36790, tls: false }],
  ])('reads %s', (text, expected) => {
    expect(parseGrpcCoordinator(text)).toEqual(expected);
  });

  it.each(['', 'localhost', 'http://localhost:36789', 'localhost:0', 'localhost:70000', 'localhost:1/path'])(
    'refuses %j',
    (text) => {
      expect(() => parseGrpcCoordinator(text)).toThrow(
        expect.objectContaining({
          code: 'DTX_INVALID_CONFIG',
          message: expect.stringContaining('is no gRPC address') as string,
        }),
      );
    },
  );

  it('does not repeat a password', () => {
    expect(() => parseGrpcCoordinator('grpc://admin:secret@tm:36790')).toThrow("coordinator '…@tm:36790'");
  });
});
