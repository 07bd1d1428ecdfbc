import { Server, ServerCredentials, status, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';

/** One call as a service over gRPC sees it. */
export interface GrpcServiceCall {
  /** Method, without package and service. */
  readonly method: string;
  readonly message: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a method does: gives the bytes of its reply, or throws a {@link GrpcStatusError}. */
export type GrpcServiceScript = (call: GrpcServiceCall) => Promise<Uint8Array | void> | Uint8Array | void;

/** A status other than OK. */
export class GrpcStatusError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** A service on a stock server that takes and gives bytes as they are, whatever they mean. */
export class GrpcService {
  readonly calls: GrpcServiceCall[] = [];
  script: GrpcServiceScript = () => undefined;

  private constructor(
    private readonly server: Server,
    /** `host:port`. */
    readonly address: string,
    private readonly name: string,
  ) {}

  /** @param methods of the one service that it has */
  static async start(methods: readonly string[], name = 'test.Bank'): Promise<GrpcService> {
    const server = new Server();
    const handle = (method: string) => (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) =>
      void service.answer(method, call, done);
    server.addService(
      Object.fromEntries(methods.map((method) => [method, rawMethod(`/${name}/${method}`)])),
      Object.fromEntries(methods.map((method) => [method, handle(method)])),
    );
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    const service = new GrpcService(server, `127.0.0.1:${port}`, name);
    return service;
  }

  /** URL of a method, as transactions name it (spec 3.6). */
  url(method: string): string {
    return `${this.address}/${this.name}/${method}`;
  }

  /** Calls of a transaction, as `out[01 action]`. */
  notation(gid: string): string[] {
    return this.calls
      .filter(({ metadata }) => metadata['dtm-gid'] === gid)
      .map(({ method, metadata }) => `${method}[${metadata['dtm-branch_id']} ${metadata['dtm-op']}]`);
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private async answer(
    method: string,
    { metadata, request }: ServerUnaryCall<Buffer, Buffer>,
    done: sendUnaryData<Buffer>,
  ): Promise<void> {
    const call = { method, message: request, metadata: metadata.getMap() as Record<string, string> };
    this.calls.push(call);
    try {
      done(null, Buffer.from((await this.script(call)) ?? []));
    } catch (error) {
      const code = error instanceof GrpcStatusError ? error.code : status.UNKNOWN;
      done({ code, details: (error as Error).message });
    }
  }
}

function rawMethod(path: string) {
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}
