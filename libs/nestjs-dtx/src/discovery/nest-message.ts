import type { Decorated } from './dtx-metadata.accessor';

/**
 * Keys under which `@MessagePattern()` and its kin keep their metadata: stable for years, but exported by no version. So this
 * package needs no `@nestjs/microservices` in services that take no messages.
 */
const PATTERN = 'microservices:pattern';
const HANDLER_TYPE = 'microservices:handler_type';
const TRANSPORT = 'microservices:transport';

/** Values of Nest's `PatternHandler`. */
const MESSAGE = 1;
const EVENT = 2;
/** Value of Nest's `Transport.GRPC`: its handlers carry a pattern too. */
const GRPC = 4;

/** A method that takes messages. */
export interface MessageHandlerMetadata {
  /** The first of its patterns: a text, or an object. */
  readonly pattern: unknown;
  /** A `Transport` of Nest, if the handler takes messages of this one only. */
  readonly transport: unknown;
  /** It takes events, which nobody waits for. */
  readonly isEvent: boolean;
}

/** @returns whether a method answers calls over gRPC: it has `@GrpcMethod()`. */
export function isGrpcHandler(method: Decorated): boolean {
  return Reflect.getMetadata(TRANSPORT, method) === GRPC;
}

/** Does to a method what `@GrpcMethod(service, rpc)` does, for the one that this package provides itself. */
export function serveByGrpc(method: Decorated, service: string, rpc: string): void {
  Reflect.defineMetadata(PATTERN, [{ service, rpc, streaming: 'no_stream' }], method);
  Reflect.defineMetadata(HANDLER_TYPE, MESSAGE, method);
  Reflect.defineMetadata(TRANSPORT, GRPC, method);
}

/** @returns what a method says about the messages that it takes; `undefined` if it takes none. */
export function messageHandler(method: Decorated): MessageHandlerMetadata | undefined {
  const patterns = Reflect.getMetadata(PATTERN, method) as unknown[] | undefined;
  const transport: unknown = Reflect.getMetadata(TRANSPORT, method);
  if (patterns === undefined || transport === GRPC) return undefined;
  return { pattern: patterns[0], transport, isEvent: Reflect.getMetadata(HANDLER_TYPE, method) === EVENT };
}
