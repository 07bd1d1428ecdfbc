import { transportError } from '@nestjs-dtx/protocol';
import type { Clock } from '../../clock/clock';
import { answered, type DispatchRequest, type DispatchResult } from '../dispatch';
import { Destination, type DestinationLimits, type Refused } from '../destination';
import { CallTargets } from './call-target';
import type { HttpCallRequest } from './http-call';
import { HttpConnections } from './http-connections';
import type { HttpEncoding } from './http-encoding';

interface Origin {
  readonly connections: HttpConnections;
  readonly destination: Destination;
  lastUsedMs: number;
}

/** Connections to origins not called for this long are closed. Milliseconds. */
const IDLE_MS = 5 * 60 * 1000;
/** Origins beyond which idle ones are looked for. */
const SWEEP_ABOVE = 64;

/** Calls branches over HTTP, however they are encoded: connections, a concurrency limit and a breaker per origin. */
export class HttpTransport {
  private readonly targets = new CallTargets();
  private readonly origins = new Map<string, Origin>();

  constructor(
    private readonly limits: DestinationLimits,
    private readonly clock: Clock,
  ) {}

  accepts(url: string): boolean {
    return this.targets.of(url) !== undefined;
  }

  /** Never throws: whatever goes wrong is an outcome. */
  call(url: string, request: DispatchRequest, encoding: HttpEncoding): Promise<DispatchResult> {
    const target = this.targets.of(url);
    if (!target) return Promise.resolve(answered(transportError(`${url} is not a URL`)));
    let encoded: HttpCallRequest;
    try {
      encoded = encoding.encode(target, request);
    } catch (error) {
      return Promise.resolve(answered(transportError(error instanceof Error ? error.message : String(error))));
    }
    const origin = this.origin(target.origin);
    const entered = origin.destination.enter();
    return entered === undefined
      ? exchange(origin, encoded, encoding)
      : exchangeUnlessRefused(entered, () => exchange(origin, encoded, encoding));
  }

  /** Ends all connections; calls still in flight fail. */
  async close(): Promise<void> {
    await Promise.all([...this.origins.values()].map(({ connections }) => connections.destroy()));
    this.origins.clear();
  }

  private origin(name: string): Origin {
    const now = this.clock.monotonicMs();
    let origin = this.origins.get(name);
    if (!origin) {
      if (this.origins.size >= SWEEP_ABOVE) this.closeIdle(now);
      origin = {
        connections: new HttpConnections(name),
        destination: new Destination(name, this.limits, this.clock),
        lastUsedMs: now,
      };
      this.origins.set(name, origin);
    }
    origin.lastUsedMs = now;
    return origin;
  }

  private closeIdle(now: number): void {
    for (const [name, origin] of this.origins) {
      if (!origin.destination.isIdle || now - origin.lastUsedMs < IDLE_MS) continue;
      this.origins.delete(name);
      origin.connections.close();
    }
  }
}

async function exchangeUnlessRefused(
  entered: Refused | Promise<Refused | undefined>,
  exchangeNow: () => Promise<DispatchResult>,
): Promise<DispatchResult> {
  const refused = await entered;
  return refused ? { kind: 'deferred', ...refused } : exchangeNow();
}

function exchange(
  { connections, destination }: Origin,
  encoded: HttpCallRequest,
  encoding: HttpEncoding,
): Promise<DispatchResult> {
  if (connections.isDestroyed) {
    destination.leave(false);
    return Promise.resolve(answered(transportError('the coordinator is shutting down')));
  }
  return new Promise((resolve) => {
    const connection = connections.take();
    connection.call(encoded, (result) => {
      connections.release(connection, result.answered);
      destination.leave(result.answered);
      resolve(answered(result.answered ? encoding.outcome(result) : transportError(result.reason)));
    });
  });
}
