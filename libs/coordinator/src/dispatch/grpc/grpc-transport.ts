import type { ConnectionOptions } from 'node:tls';
import {
  mapGrpcOutcome,
  OPS,
  parseGrpcUrl,
  transportError,
  WORKFLOW_SERVICE,
  type GrpcTarget,
} from '@nestjs-dtx/protocol';
import type { Clock } from '../../clock/clock';
import { Destination, type DestinationLimits } from '../destination';
import { answered, type DispatchRequest, type DispatchResult } from '../dispatch';
import { grpcCall, type GrpcCallRequest } from './grpc-call';
import { GrpcChannel, type ResolveName } from './grpc-channel';
import { grpcHeaders } from './grpc-headers';

/** @see GrpcTransport */
export interface GrpcTransportOptions {
  readonly limits: DestinationLimits;
  /** For `grpcs://`: certificates beside those that Node trusts. */
  readonly tls?: ConnectionOptions;
  /** Replaced by tests. */
  readonly resolve?: ResolveName;
}

interface Service {
  readonly channel: GrpcChannel;
  readonly destination: Destination;
  lastUsedMs: number;
}

/** Services not called for this long lose their connections. Milliseconds. */
const IDLE_MS = 5 * 60 * 1000;
/** Services beyond which idle ones are looked for. */
const SWEEP_ABOVE = 64;
/** URLs kept taken apart; beyond it the cache starts afresh. */
const MAX_TARGETS = 4096;

/**
 * Calls branches over gRPC: bytes in, a status out, without descriptors (spec 3.6, 4.4). Concurrency limit and breaker are
 * those of HTTP, per `host:port`.
 */
export class GrpcTransport {
  private readonly targets = new Map<string, GrpcTarget>();
  private readonly services = new Map<string, Service>();

  constructor(
    private readonly options: GrpcTransportOptions,
    private readonly clock: Clock,
  ) {}

  /** @returns where a URL leads, `undefined` if it is none of gRPC */
  targetOf(url: string): GrpcTarget | undefined {
    const known = this.targets.get(url);
    if (known) return known;
    const target = parseGrpcUrl(url);
    if (!target) return undefined;
    if (this.targets.size >= MAX_TARGETS) this.targets.clear();
    this.targets.set(url, target);
    return target;
  }

  /** Never throws: whatever goes wrong is an outcome. */
  call(target: GrpcTarget, request: DispatchRequest): Promise<DispatchResult> {
    const service = this.service(target);
    const call = { headers: grpcHeaders(target, request), payload: payloadOf(request), timeoutMs: request.timeoutMs };
    const entered = service.destination.enter();
    if (entered === undefined) return exchange(service, call);
    return Promise.resolve(entered).then((refused) =>
      refused ? { kind: 'deferred', ...refused } : exchange(service, call),
    );
  }

  /** Ends all connections; calls still in flight fail. */
  close(): void {
    for (const { channel } of this.services.values()) channel.destroy();
    this.services.clear();
  }

  private service({ host, port, tls }: GrpcTarget): Service {
    const name = `${tls ? 'grpcs' : 'grpc'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
    const now = this.clock.monotonicMs();
    let service = this.services.get(name);
    if (!service) {
      if (this.services.size >= SWEEP_ABOVE) this.closeIdle(now);
      const { resolve, tls: certificates = {} } = this.options;
      const channelOptions = { host, port, tls: tls ? certificates : undefined, clock: this.clock };
      service = {
        channel: new GrpcChannel(resolve ? { ...channelOptions, resolve } : channelOptions),
        destination: new Destination(name, this.options.limits, this.clock),
        lastUsedMs: now,
      };
      this.services.set(name, service);
    }
    service.lastUsedMs = now;
    return service;
  }

  private closeIdle(now: number): void {
    for (const [name, { channel, destination, lastUsedMs }] of this.services) {
      if (!destination.isIdle || now - lastUsedMs < IDLE_MS) continue;
      this.services.delete(name);
      channel.retire();
    }
  }
}

function exchange({ channel, destination }: Service, call: GrpcCallRequest): Promise<DispatchResult> {
  return new Promise((resolve) => {
    grpcCall(channel, call, (result) => {
      destination.leave(result.answered);
      resolve(answered(result.answered ? mapGrpcOutcome(result) : transportError(result.reason)));
    });
  });
}

/** The callback of a workflow is a method of this protocol, with its data in a message (spec 5.5); all else is sent as it is. */
function payloadOf({ call, transType }: DispatchRequest): Uint8Array {
  const isCallback = transType === 'workflow' && call.op !== OPS.onComplete;
  return isCallback ? WORKFLOW_SERVICE.Execute.requestSerialize({ Data: call.payload }) : call.payload;
}
