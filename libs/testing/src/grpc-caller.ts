import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { UnaryMethod } from '@nestjs-dtx/protocol';

/** What a call came to: a status and, if it is OK, the reply. */
export interface GrpcResult<Reply> {
  readonly code: number;
  readonly details: string;
  readonly reply?: Reply;
}

/** Calls services over gRPC as a stock client does, one connection for all calls. */
export class GrpcCaller {
  private readonly client: Client;

  /** @param address `host:port` */
  constructor(address: string) {
    this.client = new Client(address, credentials.createInsecure());
  }

  /** Calls a method of the protocol. Never rejects: a status is an answer. @param metadata sent beside the message */
  call<M extends UnaryMethod>(
    method: M,
    message: Parameters<M['requestSerialize']>[0],
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<GrpcResult<ReturnType<M['responseDeserialize']>>> {
    return this.send(
      { path: method.path, metadata },
      method.requestSerialize(message),
      (bytes) => method.responseDeserialize(bytes) as ReturnType<M['responseDeserialize']>,
    );
  }

  /** Calls any method with bytes as they are. @param path `/package.Service/Method` */
  raw(path: string, message: Uint8Array, metadata: Readonly<Record<string, string>> = {}): Promise<GrpcResult<Buffer>> {
    return this.send({ path, metadata }, message, (bytes) => bytes);
  }

  close(): void {
    this.client.close();
  }

  private send<Reply>(
    { path, metadata }: { readonly path: string; readonly metadata: Readonly<Record<string, string>> },
    message: Uint8Array,
    decode: (bytes: Buffer) => Reply,
  ): Promise<GrpcResult<Reply>> {
    const headers = new Metadata();
    for (const [key, value] of Object.entries(metadata)) headers.add(key, value);
    return new Promise((resolve) => {
      const done = (error: ServiceError | null, reply?: Reply): void => {
        if (error) resolve({ code: error.code, details: error.details });
        else resolve({ code: 0, details: '', reply: reply! });
      };
      this.client.makeUnaryRequest(path, (bytes: Uint8Array) => Buffer.from(bytes), decode, message, headers, {}, done);
    });
  }
}
