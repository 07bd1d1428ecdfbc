import { mapHttpOutcome, transportError } from '@nestjs-dtx/protocol';
import { Pool } from 'undici';
import type { Clock } from '../../clock/clock';
import type { DispatchRequest, DispatchResult } from '../dispatch';
import { Destination, type DestinationLimits } from '../destination';
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

  async call(url: string, request: DispatchRequest): Promise<DispatchResult> {
    const target = this.targets.of(url);
    if (!target) return { kind: 'answered', outcome: transportError(`${url} is not a URL`) };
    const { pool, destination } = this.origin(target.origin);
    const entered = destination.enter();
    const refused = entered instanceof Promise ? await entered : entered;
    if (refused) return { kind: 'deferred', ...refused };
    const result = await this.exchange(pool, target, request);
    destination.leave(result.answered);
    return { kind: 'answered', outcome: this.outcome(result) };
  }

  /** Ends all connections; calls still in flight fail. */
  async close(): Promise<void> {
    await Promise.all([...this.origins.values()].map(({ pool }) => pool.destroy()));
    this.origins.clear();
  }

  private async exchange(pool: Pool, target: CallTarget, request: DispatchRequest): Promise<HttpCallResult> {
    try {
      return await httpCall(pool, {
        path: pathOf(target, request),
        payload: request.call.payload,
        headers: request.headers ? withHeaders(request.headers) : BASE_HEADERS,
        timeoutMs: request.timeoutMs,
      });
    } catch (error) {
      // undici throws on what it cannot send at all; for the transaction that is one more call without an answer.
      return { answered: false, reason: error instanceof Error ? error.message : String(error) };
    }
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
