import { once } from 'node:events';
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { collectReply, type GrpcAnswered } from './grpc-reply';
import { frameOf } from './grpc-frame';

/** Where a server is. */
export interface GrpcAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** One unary call. */
export interface GrpcCall {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly message: Uint8Array;
  /** Keys in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  /** For the whole call, connecting included. */
  readonly timeoutMs: number;
}

/** A status, or the reason why there is none. */
export type GrpcReply =
  | GrpcAnswered
  | {
      readonly answered: false;
      readonly cause: Error;
      /** False if the call has certainly not reached the server. */
      readonly mayHaveArrived: boolean;
    };

/**
 * Unary calls to one server with bytes as they are, over one connection that is opened when it is needed and again when it
 * is lost. On node:http2 itself, so that applications without gRPC install nothing for it.
 */
export class GrpcChannel {
  private session: Promise<ClientHttp2Session> | undefined;
  private underWay = 0;
  private readonly idle: (() => void)[] = [];
  private closed = false;

  constructor(private readonly address: GrpcAddress) {}

  get isClosed(): boolean {
    return this.closed;
  }

  /** Never rejects. */
  async call(call: GrpcCall): Promise<GrpcReply> {
    if (this.closed) return silence(new Error('the client is closed'), false);
    this.underWay += 1;
    try {
      return await this.attempt(call);
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) this.idle.splice(0).forEach((resolve) => resolve());
    }
  }

  /** Lets the calls under way end, then closes the connection. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.underWay > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
    const session = await this.session?.catch(() => undefined);
    if (session && !session.destroyed) session.close();
  }

  private async attempt(call: GrpcCall): Promise<GrpcReply> {
    const deadline = AbortSignal.timeout(call.timeoutMs);
    let session: ClientHttp2Session;
    try {
      session = await before(deadline, (this.session ??= this.open()), call.timeoutMs);
    } catch (error) {
      return silence(error as Error, false);
    }
    session.ref();
    try {
      return await exchange(session, call, deadline);
    } finally {
      // What waits for nothing must not keep the process alive.
      if (this.underWay === 1) session.unref();
    }
  }

  private async open(): Promise<ClientHttp2Session> {
    const session = connect(originOf(this.address));
    const forget = (): void => void (this.session = undefined);
    // A lost connection is told to each call; the next one opens another.
    session.on('error', forget);
    session.once('close', forget);
    session.once('goaway', forget);
    try {
      await once(session, 'connect');
    } catch (error) {
      forget();
      throw error;
    }
    return session;
  }
}

function exchange(session: ClientHttp2Session, call: GrpcCall, deadline: AbortSignal): Promise<GrpcReply> {
  let stream: ClientHttp2Stream;
  try {
    stream = session.request({
      ...call.metadata,
      ':method': 'POST',
      ':path': call.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': `${call.timeoutMs}m`,
    });
  } catch (error) {
    return Promise.resolve(silence(error as Error, false));
  }
  return new Promise((resolve) => {
    const late = (): void => {
      resolve(silence(lateError(call.timeoutMs), true));
      stream.close(constants.NGHTTP2_CANCEL);
    };
    deadline.addEventListener('abort', late, { once: true });
    stream.once('close', () => deadline.removeEventListener('abort', late));
    collectReply(stream).then(resolve, (error: unknown) => {
      // The server says by this code that it has not looked at the call.
      resolve(silence(error as Error, stream.rstCode !== constants.NGHTTP2_REFUSED_STREAM));
    });
    stream.end(frameOf(call.message));
  });
}

async function before<T>(deadline: AbortSignal, promise: Promise<T>, timeoutMs: number): Promise<T> {
  let late: (() => void) | undefined;
  const expired = new Promise<never>((_, reject) => {
    late = () => reject(lateError(timeoutMs));
    deadline.addEventListener('abort', late, { once: true });
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    deadline.removeEventListener('abort', late!);
  }
}

function originOf({ host, port, tls }: GrpcAddress): string {
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function silence(cause: Error, mayHaveArrived: boolean): GrpcReply {
  return { answered: false, cause, mayHaveArrived };
}

function lateError(timeoutMs: number): Error {
  return new Error(`no answer within ${timeoutMs} ms`);
}
