import { once } from 'node:events';
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { until } from './until';

/** One call that a {@link ScriptedGrpcService} received. */
export interface ReceivedGrpcCall {
  /** `/package.Service/Method` */
  readonly path: string;
  /** Metadata, and the headers of HTTP/2 beside it. */
  readonly headers: IncomingHttpHeaders;
  /** The message, without the five bytes before it. */
  readonly message: Buffer;
  /** Which of the connections it came on, counted from 1. */
  readonly connection: number;
}

/** What a {@link ScriptedGrpcService} answers. */
export interface GrpcServiceAnswer {
  /** Status of gRPC, or a number that is none. */
  readonly code: number;
  readonly message?: string;
  /** Message of the reply; absent where the status is not OK. */
  readonly reply?: Uint8Array;
  /** Replaces the whole answer: headers of HTTP/2, after which the stream ends. */
  readonly headers?: Readonly<Record<string, string | number>>;
}

/** Decides on the answer to a call. One that never resolves is a call that hangs. */
export type GrpcServiceScript = (call: ReceivedGrpcCall) => GrpcServiceAnswer | Promise<GrpcServiceAnswer>;

/** The answers of the protocol, by what they mean (spec 4.4). */
export const GRPC_ANSWERS = {
  success: { code: 0 },
  failure: { code: 10, message: 'insufficient funds' },
  ongoing: { code: 9, message: 'ONGOING' },
  error: { code: 13, message: 'broken' },
} as const satisfies Readonly<Record<string, GrpcServiceAnswer>>;

/** A participant made for tests that speaks gRPC on HTTP/2 itself: any method, any status, and answers that are none. */
export class ScriptedGrpcService {
  readonly calls: ReceivedGrpcCall[] = [];
  /** Connections that were opened to it so far. */
  connections = 0;
  /** Replace it to change the answers. */
  script: GrpcServiceScript = () => GRPC_ANSWERS.success;
  private readonly sessions = new Set<ServerHttp2Session>();

  private constructor(
    private readonly server: Http2Server | Http2SecureServer,
    readonly port: number,
  ) {
    server.on('session', (session) => {
      this.connections += 1;
      const connection = this.connections;
      this.sessions.add(session);
      session.once('close', () => this.sessions.delete(session));
      session.on('error', () => undefined);
      session.on('stream', (stream, headers) => {
        stream.on('error', () => undefined);
        this.handle(stream, headers, connection).catch(() => stream.destroy());
      });
    });
  }

  /** @param port 0 takes a free one @param tls key and certificate as PEM; absent: without TLS @param host address to listen on */
  static async start(
    port = 0,
    { tls, host = '127.0.0.1' }: { tls?: { key: string; cert: string }; host?: string } = {},
  ): Promise<ScriptedGrpcService> {
    const server = tls ? createSecureServer(tls) : createServer();
    server.listen(port, host);
    await once(server, 'listening');
    return new ScriptedGrpcService(server, (server.address() as AddressInfo).port);
  }

  /** `host:port` */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** The calls as `Method[branch op]`, in order of arrival. */
  get notation(): string[] {
    return this.calls.map(
      ({ path, headers }) =>
        `${path.split('/').at(-1)}[${String(headers['dtm-branch_id'])} ${String(headers['dtm-op'])}]`,
    );
  }

  /** Waits until so many calls have arrived, answered or not. */
  async received(count: number): Promise<void> {
    await until(() => this.calls.length >= count);
  }

  /** Says goodbye on all connections, and goes on listening. */
  goAway(): void {
    for (const session of this.sessions) session.goaway();
  }

  /** Ends all connections, calls that hang included. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    for (const session of this.sessions) session.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: number): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const frame = Buffer.concat(chunks);
    const call = { path: String(headers[':path']), headers, message: frame.subarray(5), connection };
    this.calls.push(call);
    const answer = await this.script(call);
    if (stream.destroyed) return;
    if (answer.headers) stream.respond(answer.headers, { endStream: true });
    else respond(stream, answer);
  }
}

function respond(stream: ServerHttp2Stream, { code, message = '', reply }: GrpcServiceAnswer): void {
  const status = { 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message) };
  const head = { ':status': 200, 'content-type': 'application/grpc' };
  if (code !== 0 && reply === undefined) {
    stream.respond({ ...head, ...status }, { endStream: true });
    return;
  }
  stream.respond(head, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers(status));
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(reply?.byteLength ?? 0, 1);
  stream.end(Buffer.concat([prefix, reply ?? Buffer.alloc(0)]));
}
