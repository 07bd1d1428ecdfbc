import { constants, type ClientHttp2Stream, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import type { GrpcChannel } from './grpc-channel';
import type { GrpcConnection } from './grpc-connection';

/** What came back: a status, or the reason why there was none. */
export type GrpcCallResult =
  | { readonly answered: true; readonly code: number; readonly message: string }
  | { readonly answered: false; readonly reason: string };

/** @see grpcCall */
export interface GrpcCallRequest {
  readonly headers: OutgoingHttpHeaders;
  readonly payload: Uint8Array;
  /** Covers the whole exchange, name look-up and connecting included. Milliseconds. */
  readonly timeoutMs: number;
}

/** Further tries of a call that certainly nobody has seen, beyond one for each address. */
const MORE_TRIES = 1;

/**
 * One unary call, on HTTP/2 itself: the library's client costs several times as much, keeps a connection that broke in back-off,
 * and reads replies, of which this needs none (spec 3.6).
 *
 * @param done called exactly once
 */
export function grpcCall(channel: GrpcChannel, request: GrpcCallRequest, done: (result: GrpcCallResult) => void): void {
  new Exchange(channel, request, done).try();
}

class Exchange {
  private readonly timer: NodeJS.Timeout;
  private connection: GrpcConnection | undefined;
  private stream: ClientHttp2Stream | undefined;
  private tries = 0;
  private done = false;

  constructor(
    private readonly channel: GrpcChannel,
    private readonly request: GrpcCallRequest,
    private readonly whenDone: (result: GrpcCallResult) => void,
  ) {
    this.timer = setTimeout(() => this.expire(), request.timeoutMs);
  }

  try(): void {
    this.tries += 1;
    try {
      const picked = this.channel.pick();
      if (picked instanceof Promise) picked.then((connection) => this.send(connection)).catch(this.give);
      else this.send(picked);
    } catch (error) {
      this.give(error);
    }
  }

  private readonly give = (error: unknown): void => this.finish({ answered: false, reason: describe(error) });

  private send(connection: GrpcConnection): void {
    if (this.done) return;
    this.connection = connection;
    const stream = connection.session.request(this.request.headers);
    this.stream = stream;
    let failure: Error | undefined;
    stream.on('response', (headers) => this.respond(headers));
    stream.on('trailers', (trailers) => this.readStatus(trailers));
    stream.on('error', (error) => (failure = error));
    stream.on('close', () => this.close(stream, failure));
    stream.resume();
    stream.end(framed(this.request.payload));
  }

  private respond(headers: IncomingHttpHeaders): void {
    const status = headers[constants.HTTP2_HEADER_STATUS] as number | undefined;
    const type = headers['content-type'] ?? '';
    if (headers['grpc-status'] !== undefined) this.readStatus(headers);
    else if (status !== 200) this.refuse(`HTTP status ${status ?? '?'} instead of an answer of gRPC`);
    else if (!type.startsWith('application/grpc')) this.refuse('an answer that is not of gRPC');
  }

  private readStatus(headers: IncomingHttpHeaders): void {
    const code = Number(headers['grpc-status'] ?? Number.NaN);
    if (Number.isInteger(code)) this.finish({ answered: true, code, message: decoded(headers['grpc-message']) });
    else this.refuse('an answer without a status of gRPC');
  }

  /** Something answers, but nothing of gRPC: for the transaction it is an unknown status. */
  private refuse(message: string): void {
    this.finish({ answered: true, code: UNKNOWN, message });
    this.stream?.close(constants.NGHTTP2_CANCEL);
  }

  private close({ rstCode }: ClientHttp2Stream, failure: Error | undefined): void {
    if (this.done) return;
    const connection = this.connection!;
    if (!connection.hasOpened) this.channel.failed(connection);
    const isUnseen = !connection.hasOpened || rstCode === constants.NGHTTP2_REFUSED_STREAM;
    if (isUnseen && this.tries < this.channel.size + MORE_TRIES && !isOnlyAddress(connection, this.channel)) this.try();
    else this.give(failure ?? new Error(`the connection broke before an answer came (HTTP/2 error ${rstCode})`));
  }

  private expire(): void {
    this.finish({ answered: false, reason: `no answer within ${this.request.timeoutMs} ms` });
    this.stream?.close(constants.NGHTTP2_CANCEL);
    this.connection?.suspect();
  }

  private finish(result: GrpcCallResult): void {
    if (this.done) return;
    this.done = true;
    clearTimeout(this.timer);
    this.whenDone(result);
  }
}

/** Status UNKNOWN. */
const UNKNOWN = 2;

/** Where nobody listens at the one address that there is, to try again at once finds nobody again. */
function isOnlyAddress({ hasOpened }: GrpcConnection, { size }: GrpcChannel): boolean {
  return !hasOpened && size <= 1;
}

/** A message with the five bytes that gRPC puts before it: not compressed, and its length. */
function framed(payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(5 + payload.byteLength);
  frame[0] = 0;
  frame.writeUInt32BE(payload.byteLength, 1);
  frame.set(payload, 5);
  return frame;
}

/** Messages are percent-encoded UTF-8; what is not is taken as it is. */
function decoded(message: string | string[] | undefined): string {
  const text = Array.isArray(message) ? message.join(', ') : (message ?? '');
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: string };
  return code && !error.message.includes(code) ? `${code}: ${error.message}` : error.message;
}
