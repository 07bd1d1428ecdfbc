import {
  hasGrpcScheme,
  isMessageUrl,
  parseServiceUrl,
  SERVICE_SCHEME,
  SUCCESS,
  transportError,
  type OutcomeOptions,
  type Protocol,
} from '@nestjs-dtx/protocol';
import type { Resolution, ServiceRegistry } from '../registry/service-registry';
import { answered, type DispatchRequest, type DispatchResult } from './dispatch';
import type { GrpcTransport } from './grpc/grpc-transport';
import type { HttpEncoding } from './http/http-encoding';
import type { HttpTransport } from './http/http-transport';
import { PlainEncoding } from './http/plain-encoding';
import { JsonRpcEncoding, jsonRpcMethodOf } from './json-rpc/json-rpc-encoding';
import { paramsProblem } from './json-rpc/json-rpc-params';
import type { MessageTransport } from './transports/message-transport';

/** The roads that branch calls take. */
export interface Transports {
  readonly http: HttpTransport;
  readonly grpc: GrpcTransport;
  readonly messages: MessageTransport;
}

/** Calls branches by the form of their URL (design 5, spec 4.1). Never throws: whatever goes wrong is an outcome. */
export class BranchDispatcher {
  private readonly plain: HttpEncoding;
  private readonly jsonRpc: HttpEncoding;
  private readonly http: HttpTransport;
  private readonly grpc: GrpcTransport;
  private readonly messages: MessageTransport;

  constructor(
    private readonly registry: ServiceRegistry,
    { http, grpc, messages }: Transports,
    outcomes: OutcomeOptions,
  ) {
    this.http = http;
    this.grpc = grpc;
    this.messages = messages;
    this.plain = new PlainEncoding(outcomes);
    this.jsonRpc = new JsonRpcEncoding(outcomes);
  }

  /** @returns what is wrong with a branch URL, `undefined` if it can be called. An empty one means success without a call. */
  problemWith(url: string, protocol: Protocol): string | undefined {
    if (url === '') return undefined;
    if (url.startsWith(SERVICE_SCHEME)) {
      return parseServiceUrl(url) ? undefined : 'must have the form svc://service/handler';
    }
    if (isMessageUrl(url)) return this.messages.problemWith(url);
    if (hasGrpcScheme(url) || (protocol !== 'http' && !/^https?:/i.test(url))) {
      return this.grpc.targetOf(url) ? undefined : 'must be host:port/package.Service/Method, or an http(s) or svc URL';
    }
    return this.http.accepts(url) ? undefined : 'must be an absolute http(s) URL or svc://service/handler';
  }

  /** @returns what is wrong with a payload that is to be sent to this URL, `undefined` if it can be. */
  payloadProblemWith(url: string, protocol: Protocol, payload: Uint8Array): string | undefined {
    if (isMessageUrl(url)) return this.messages.payloadProblemWith(payload);
    return isJsonRpc(url, protocol) ? paramsProblem(payload) : undefined;
  }

  /** Hands on the promise of the transport: one more around it, for each call, would cost more than the decision. */
  dispatch(request: DispatchRequest): Promise<DispatchResult> {
    const { url } = request.call;
    if (url === '') return Promise.resolve(answered(SUCCESS));
    if (url.startsWith(SERVICE_SCHEME)) return this.callService(request);
    if (isMessageUrl(url)) return this.messages.call(url, request);
    return this.callByUrl(url, request, isJsonRpc(url, request.protocol) ? this.jsonRpc : this.plain);
  }

  private async callService(request: DispatchRequest): Promise<DispatchResult> {
    const resolved = await this.resolve(request.call.url, request.call.op);
    if (resolved.kind === 'nothing-to-do') return answered(SUCCESS);
    if (resolved.kind === 'unresolved') return answered(transportError(resolved.reason));
    if (isMessageUrl(resolved.url)) return this.messages.call(resolved.url, request);
    return this.callByUrl(resolved.url, request, this.plain);
  }

  /** A URL of gRPC is known by its form, also where no scheme says so and whatever the protocol: topics and registrations have it too. */
  private callByUrl(url: string, request: DispatchRequest, encoding: HttpEncoding): Promise<DispatchResult> {
    const target = /^https?:\/\//i.test(url) ? undefined : this.grpc.targetOf(url);
    return target ? this.grpc.call(target, request) : this.http.call(url, request, encoding);
  }

  private async resolve(url: string, op: string): Promise<Resolution> {
    try {
      return await this.registry.resolve(url, op);
    } catch (error) {
      return { kind: 'unresolved', reason: `${url} cannot be looked up: ${String(error)}` };
    }
  }
}

function isJsonRpc(url: string, protocol: Protocol): boolean {
  return protocol === 'json-rpc' && jsonRpcMethodOf(url) !== undefined;
}
