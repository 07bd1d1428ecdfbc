import { DTM_SERVICE } from '@nestjs-dtx/protocol';
import { PAYLOAD } from './saga';

/**
 * @param branches `host:port`
 * @returns a function that gives the message of one more saga, with what gRPC puts before it; all but the gid is written once
 */
export function grpcSagas(branches: string, steps: number): (gid: string) => Buffer {
  const urls = Array.from({ length: steps }, (_, step) => ({
    action: `${branches}/bench.Accounts/Step${step + 1}`,
    compensate: `${branches}/bench.Accounts/Undo${step + 1}`,
  }));
  const rest = DTM_SERVICE.Submit.requestSerialize({
    TransType: 'saga',
    TransOptions: { WaitResult: true },
    Steps: JSON.stringify(urls),
    BinPayloads: urls.map(() => Buffer.from(PAYLOAD)),
  });
  return (gid) => {
    // The fields of a message may stand in any order, and the gid is its first one.
    const head = DTM_SERVICE.Submit.requestSerialize({ Gid: gid });
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(head.byteLength + rest.byteLength, 1);
    return Buffer.concat([prefix, head, rest]);
  };
}
