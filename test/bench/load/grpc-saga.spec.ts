import { DTM_SERVICE } from '@nestjs-dtx/protocol';
import { PAYLOAD } from './saga';
import { grpcSagas } from './grpc-saga';

describe('a saga of the load over gRPC', () => {
  it('is a message with all its steps', () => {
    const frame = grpcSagas('127.0.0.1:1', 2)('some gid');
    expect(frame.readUInt32BE(1)).toBe(frame.byteLength - 5);
    const message = DTM_SERVICE.Submit.requestDeserialize(frame.subarray(5));
    expect(message).toMatchObject({ Gid: 'some gid', TransType: 'saga', TransOptions: { WaitResult: true } });
    expect(message.BinPayloads.map(String)).toEqual([PAYLOAD, PAYLOAD]);
    expect(JSON.parse(message.Steps)).toMatchObject([
      { action: '127.0.0.1:1/bench.Accounts/Step1' },
      { action: '127.0.0.1:1/bench.Accounts/Step2' },
    ]);
  });
});
