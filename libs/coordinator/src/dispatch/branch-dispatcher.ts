import {
  parseServiceUrl,
  SERVICE_SCHEME,
  SUCCESS,
  transportError,
  type Outcome,
  type Protocol,
} from '@nestjs-dtx/protocol';
import type { Resolution, ServiceRegistry } from '../registry/service-registry';
import type { DispatchRequest, DispatchResult } from './dispatch';
import type { HttpTransport } from './http/http-transport';

/** Calls branches by the form of their URL (design 5, spec 4.1). Never throws: whatever goes wrong is an outcome. */
export class BranchDispatcher {
  constructor(
    private readonly registry: ServiceRegistry,
    private readonly http: HttpTransport,
  ) {}

  /** @returns what is wrong with a branch URL, `undefined` if it can be called. An empty one means success without a call. */
  problemWith(url: string, protocol: Protocol): string | undefined {
    if (url === '') return undefined;
    if (protocol === 'json-rpc' && url.includes('method')) return 'needs a JSON-RPC call, which is not built in yet';
    if (url.startsWith(SERVICE_SCHEME)) {
      return parseServiceUrl(url) ? undefined : 'must have the form svc://service/handler';
    }
    if (protocol !== 'http' && !/^https?:/i.test(url))
      return 'must be an http(s) or svc URL: no other transport is built in';
    return this.http.accepts(url) ? undefined : 'must be an absolute http(s) URL or svc://service/handler';
  }

  /** Hands on the promise of the transport: one more around it, for each call, would cost more than the decision. */
  dispatch(request: DispatchRequest): Promise<DispatchResult> {
    const { url } = request.call;
    if (url === '') return Promise.resolve(answered(SUCCESS));
    return url.startsWith(SERVICE_SCHEME) ? this.callService(request) : this.http.call(url, request);
  }

  private async callService(request: DispatchRequest): Promise<DispatchResult> {
    const resolved = await this.resolve(request.call.url, request.call.op);
    if (resolved.kind === 'nothing-to-do') return answered(SUCCESS);
    if (resolved.kind === 'unresolved') return answered(transportError(resolved.reason));
    return this.http.call(resolved.url, request);
  }

  private async resolve(url: string, op: string): Promise<Resolution> {
    try {
      return await this.registry.resolve(url, op);
    } catch (error) {
      return { kind: 'unresolved', reason: `${url} cannot be looked up: ${String(error)}` };
    }
  }
}

const answered = (outcome: Outcome): DispatchResult => ({ kind: 'answered', outcome });
