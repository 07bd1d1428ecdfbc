import { connect, type ClientHttp2Session, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';

/** What came back: the headers and the trailers of an answer in one, and how its stream ended. */
export interface RawAnswer {
  readonly headers: IncomingHttpHeaders;
  /** Status of gRPC, as text; absent where there was none. */
  readonly status: string | undefined;
  readonly message: string;
}

/** Speaks HTTP/2 to a server of gRPC, right or wrong. */
export class RawGrpc {
  private readonly session: ClientHttp2Session;

  constructor(address: string) {
    this.session = connect(`http://${address}`);
    this.session.on('error', () => undefined);
  }

  /** Sends bytes as the body of a call. @param headers beside those that every call has; they replace them */
  async call(path: string, body: Uint8Array, headers: OutgoingHttpHeaders = {}): Promise<RawAnswer> {
    const stream = this.session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    return new Promise((resolve, reject) => {
      const seen: IncomingHttpHeaders = {};
      stream.on('response', (received) => Object.assign(seen, received));
      stream.on('trailers', (received) => Object.assign(seen, received));
      stream.on('error', reject);
      stream.on('close', () => {
        const message = decodeURIComponent(String(seen['grpc-message'] ?? ''));
        resolve({ headers: seen, status: seen['grpc-status'] as string | undefined, message });
      });
      stream.resume();
      stream.end(body);
    });
  }

  /** Begins a call and hangs up in the middle of its message. */
  async hangUp(path: string, part: Uint8Array): Promise<void> {
    const stream = this.session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
    stream.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      stream.on('close', () => resolve());
      stream.write(part, () => stream.close(8));
    });
  }

  close(): void {
    this.session.destroy();
  }
}

/** A message with the five bytes before it. @param length what they tell; absent: the truth @param flag 1: compressed */
export function frame(message: Uint8Array, { length = message.byteLength, flag = 0 } = {}): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}
