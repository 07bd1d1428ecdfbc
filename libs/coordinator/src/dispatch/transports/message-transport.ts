import {
  ENVELOPE_VERSION,
  envelopePayload,
  envelopePayloadProblem,
  mapMessageOutcome,
  transportError,
  type MessageEnvelope,
} from '@nestjs-dtx/protocol';
import type { Clock } from '../../clock/clock';
import { Destination, type DestinationLimits } from '../destination';
import { answered, type DispatchRequest, type DispatchResult } from '../dispatch';
import { BrokerCredentials } from './broker-credentials';
import { MessageTargets, type MessageTarget } from './message-target';
import { createTransportClient } from './transport-clients';
import { TransportConnection } from './transport-connection';
import { TransportPackages } from './transport-packages';

/** @see MessageTransport */
export interface MessageTransportOptions {
  readonly limits: DestinationLimits;
  /** @see BrokerCredentials */
  readonly brokers: string;
}

interface Used<T> {
  readonly it: T;
  /** Calls that use it now. */
  calls: number;
  lastUsedMs: number;
}

/** Connections and destinations not used for this long are let go. Milliseconds. */
const IDLE_MS = 5 * 60 * 1000;
/** Number of them beyond which idle ones are looked for. */
const SWEEP_ABOVE = 64;

/** Calls branches through Nest's transports: one client per connection, limit and breaker per destination. */
export class MessageTransport {
  private readonly targets = new MessageTargets();
  private readonly credentials: BrokerCredentials;
  private readonly connections = new Map<string, Used<TransportConnection>>();
  private readonly destinations = new Map<string, Used<Destination>>();

  /** @throws Error when the list of brokers is malformed */
  constructor(
    private readonly options: MessageTransportOptions,
    private readonly clock: Clock,
    private readonly packages = new TransportPackages(),
  ) {
    this.credentials = new BrokerCredentials(options.brokers);
  }

  /** @returns what is wrong with the URL, `undefined` if it can be called. */
  problemWith(url: string): string | undefined {
    const target = this.targets.of(url);
    if (typeof target === 'string') return target;
    const missing = this.packages.missing(target.url.transport);
    if (missing.length === 0) return undefined;
    return `needs ${missing.join(' and ')} to be installed where the coordinator runs`;
  }

  payloadProblemWith(payload: Uint8Array): string | undefined {
    return envelopePayloadProblem(payload);
  }

  /** Never throws: whatever goes wrong is an outcome. */
  async call(url: string, request: DispatchRequest): Promise<DispatchResult> {
    const target = this.targets.of(url);
    const problem = this.problemWith(url) ?? this.payloadProblemWith(request.call.payload);
    if (typeof target === 'string' || problem !== undefined) {
      return answered(transportError(`${url} ${problem ?? ''}`));
    }
    const destination = this.destination(target);
    destination.calls += 1;
    try {
      const refused = await destination.it.enter();
      return refused ? { kind: 'deferred', ...refused } : await this.exchange(target, destination.it, request);
    } finally {
      destination.calls -= 1;
    }
  }

  /** Ends all connections; calls still in flight fail. */
  async close(): Promise<void> {
    await Promise.all([...this.connections.values()].map(({ it }) => it.close()));
    this.connections.clear();
    this.destinations.clear();
  }

  private async exchange(
    target: MessageTarget,
    destination: Destination,
    request: DispatchRequest,
  ): Promise<DispatchResult> {
    const connection = this.connection(target);
    connection.calls += 1;
    const result = await connection.it.exchange({
      pattern: target.url.pattern,
      data: envelopeOf(request),
      gid: request.gid,
      timeoutMs: request.timeoutMs,
    });
    connection.calls -= 1;
    destination.leave(result.answered);
    return answered(
      result.answered ? mapMessageOutcome(result.reply) : transportError(`${target.destination}: ${result.reason}`),
    );
  }

  private connection({ connection: name, url }: MessageTarget): Used<TransportConnection> {
    return this.used(
      this.connections,
      name,
      () => new TransportConnection(name, () => createTransportClient(url, this.credentials.of(url))),
      (idle) => void idle.close(),
    );
  }

  private destination({ destination: name }: MessageTarget): Used<Destination> {
    return this.used(this.destinations, name, () => new Destination(name, this.options.limits, this.clock));
  }

  private used<T>(all: Map<string, Used<T>>, name: string, make: () => T, end?: (idle: T) => void): Used<T> {
    const now = this.clock.monotonicMs();
    let used = all.get(name);
    if (!used) {
      if (all.size >= SWEEP_ABOVE) sweep(all, now, end);
      used = { it: make(), calls: 0, lastUsedMs: now };
      all.set(name, used);
    }
    used.lastUsedMs = now;
    return used;
  }
}

function sweep<T>(all: Map<string, Used<T>>, now: number, end?: (idle: T) => void): void {
  for (const [name, { it, calls, lastUsedMs }] of all) {
    if (calls > 0 || now - lastUsedMs < IDLE_MS) continue;
    all.delete(name);
    end?.(it);
  }
}

function envelopeOf({ call, gid, transType, headers }: DispatchRequest): MessageEnvelope {
  return {
    dtx: ENVELOPE_VERSION,
    gid,
    trans_type: transType,
    branch_id: call.branchId,
    op: call.op,
    payload: envelopePayload(call.payload),
    ...(headers && { headers }),
  };
}
