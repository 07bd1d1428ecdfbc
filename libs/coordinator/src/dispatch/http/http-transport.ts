import { mapHttpOutcome, transportError } from '@nestjs-dtx/protocol';
import { Pool } from 'undici';
import type { Clock } from '../../clock/clock';
import type { DispatchRequest, DispatchResult } from '../dispatch';
import { Destination, type DestinationLimits, type Refused } from '../destination';
import { CallTargets, type CallTarget } from './call-target';
import { httpCall, type HttpCallResult } from './http-call';

/** @see HttpTransport */
export interface HttpTransportOptions extends DestinationLimits {
  readonly outcomeSubstring: boolean;
}

interface Origin {
  readonly pool: Pool;
  readonly destination: Destination;
  lastUsedMs: number;
}

/** Pools of origins not called for this long are closed. Milliseconds. */
const IDLE_MS = 5 * 60 * 1000;
/** Origins beyond which idle ones are looked for. */
const SWEEP_ABOVE = 64;

const BASE_HEADERS = { 'content-type': 'application/json', accept: 'application/json' } as const;

/** Calls HTTP branches (spec 4.2): one connection pool, concurrency limit and breaker per origin. */
export class HttpTransport {
  private readonly targets = new CallTargets();
  private readonly origins = new Map<string, Origin>();

  constructor(
    private readonly options: HttpTransportOptions,
    private readonly clock: Clock,
  ) {}

  accepts(url: string): boolean {
    return this.targets.of(url) !== undefined;
  }

  /** Never throws: whatever goes wrong is an outcome. */
  call(url: string, request: DispatchRequest): Promise<DispatchResult> {
    const target = this.targets.of(url);
    if (!target) return Promise.resolve({ kind: 'answered', outcome: transportError(`${url} is not a URL`) });
    const origin = this.origin(target.origin);
    const entered = origin.destination.enter();
    return entered === undefined
      ? this.exchange(origin, target, request)
      : this.exchangeUnlessRefused(entered, () => this.exchange(origin, target, request));
  }

  /** Ends all connections; calls still in flight fail. */
  async close(): Promise<void> {
    await Promise.all([...this.origins.values()].map(({ pool }) => pool.destroy()));
    this.origins.clear();
  }

  private async exchangeUnlessRefused(
    entered: Refused | Promise<Refused | undefined>,
    exchange: () => Promise<DispatchResult>,
  ): Promise<DispatchResult> {
    const refused = await entered;
    return refused ? { kind: 'deferred', ...refused } : exchange();
  }

  private exchange(
    { pool, destination }: Origin,
    target: CallTarget,
    request: DispatchRequest,
  ): Promise<DispatchResult> {
    return new Promise((resolve) => {
      const call = {
        path: pathOf(target, request),
        method: methodOf(request),
        payload: request.call.payload,
        headers: request.headers ? withHeaders(request.headers) : BASE_HEADERS,
        timeoutMs: request.timeoutMs,
      };
      httpCall(pool, call, (result) => {
        destination.leave(result.answered);
        resolve({ kind: 'answered', outcome: this.outcome(result) });
      });
    });
  }

  private outcome(result: HttpCallResult) {
    if (!result.answered) return transportError(result.reason);
    return mapHttpOutcome(result, { substring: this.options.outcomeSubstring });
  }

  private origin(name: string): Origin {
    const now = this.clock.monotonicMs();
    let origin = this.origins.get(name);
    if (!origin) {
      if (this.origins.size >= SWEEP_ABOVE) this.closeIdle(now);
      origin = {
        // The deadline of a call is kept by the call itself: undici's own timers only tick once a second.
        pool: new Pool(name, { connections: this.options.concurrency, headersTimeout: 0, bodyTimeout: 0 }),
        destination: new Destination(name, this.options, this.clock),
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
      void origin.pool.close();
    }
  }
}

/**
 * An empty payload travels as GET, except where the receiver could not do with it: the second phase of xa (spec 4.2), and the
 * callback of a workflow, whose handlers are only registered for POST (Q16).
 */
function methodOf({ call, transType }: DispatchRequest): 'GET' | 'POST' {
  return call.payload.byteLength > 0 || transType === 'xa' || transType === 'workflow' ? 'POST' : 'GET';
}

/** The four parameters in alphabetical order behind the URL's own (spec 4.2). */
function pathOf(target: CallTarget, { call, gid, transType }: DispatchRequest): string {
  const branchId = encodeURIComponent(call.branchId);
  const op = encodeURIComponent(call.op);
  return `${target.pathAndJoiner}branch_id=${branchId}&gid=${encodeURIComponent(gid)}&op=${op}&trans_type=${transType}`;
}

/** The transaction's headers add to ours and override them, whatever their case. */
function withHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const merged: Record<string, string> = { ...BASE_HEADERS };
  for (const [name, value] of Object.entries(headers)) merged[name.toLowerCase()] = value;
  return merged;
}
