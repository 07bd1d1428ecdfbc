import type { QueryView } from '@nestjs-dtx/protocol';
import type { ListedService } from '../branch/service-directory';
import { CoordinatorRefusedError } from '../errors/coordinator-refused.error';
import { CoordinatorUnreachableError } from '../errors/coordinator-unreachable.error';
import { jsonObjectOf, messageOf } from '../http/answer-text';
import type { Answer, CoordinatorCall, CoordinatorLink } from '../http/coordinator-link';
import { deliver, type Delivery } from '../http/deliver';
import { refuseBytes } from './payload';

/** Milliseconds. */
export interface ApiTimeouts {
  /** One call with all its tries. */
  readonly timeoutMs: number;
  /** A call that waits for the end of a transaction, with all its tries. */
  readonly waitTimeoutMs: number;
}

/** A call that hangs leaves time for this many more. */
const TRIES_PER_TIMEOUT = 3;

/** The coordinator's API (spec 2, 3), one method per endpoint; repeats what got no answer. */
export class CoordinatorApi {
  constructor(
    private readonly connection: CoordinatorLink,
    private readonly timeouts: ApiTimeouts,
  ) {}

  /** Base URL as it is really called; over gRPC `host:port`. */
  get url(): string {
    return this.connection.address;
  }

  /** Spec 2.4. @throws CoordinatorUnreachableError, CoordinatorRefusedError */
  async version(): Promise<string> {
    const body = await this.read({ path: '/version' }, this.timeouts.timeoutMs);
    const version = body['version'];
    if (typeof version !== 'string') throw this.noCoordinator();
    return version;
  }

  /** Spec 2.10. @throws CoordinatorUnreachableError, CoordinatorRefusedError */
  async query(gid: string): Promise<QueryView> {
    return this.queryWithin(this.timeouts.timeoutMs, gid);
  }

  /** A query that settles another call: it gets the time of one try, as that call had its time. */
  async lookUp(gid: string): Promise<QueryView> {
    return this.queryWithin(this.timeouts.timeoutMs / TRIES_PER_TIMEOUT, gid);
  }

  /** Live and silent instances of all services (design 6). @throws CoordinatorUnreachableError, CoordinatorRefusedError */
  async services(): Promise<readonly ListedService[]> {
    const { services } = await this.read({ api: 'v2', path: '/services' }, this.timeouts.timeoutMs);
    if (!Array.isArray(services)) throw this.noCoordinator();
    return services as ListedService[];
  }

  /**
   * A command; its answer, or why there is none, is the caller's to judge.
   *
   * @throws InvalidRequestError for bytes that the transport cannot carry
   */
  async command(
    path: string,
    body: object,
    options: { readonly waits: boolean } = { waits: false },
  ): Promise<Delivery> {
    if (!this.connection.carriesBytes) refuseBytes(body);
    const call: CoordinatorCall = { method: 'POST', path, body };
    const { timeoutMs, waitTimeoutMs } = this.timeouts;
    const limits = options.waits
      ? { tryMs: waitTimeoutMs, overallMs: waitTimeoutMs }
      : { tryMs: timeoutMs / TRIES_PER_TIMEOUT, overallMs: timeoutMs };
    return deliver(this.connection, call, limits);
  }

  /** Any other call; its answer, or why there is none, is the caller's to judge. */
  request(call: CoordinatorCall): Promise<Delivery> {
    const { timeoutMs } = this.timeouts;
    return deliver(this.connection, call, { tryMs: timeoutMs / TRIES_PER_TIMEOUT, overallMs: timeoutMs });
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private async queryWithin(timeoutMs: number, gid: string): Promise<QueryView> {
    const body = await this.read({ path: `/query?gid=${encodeURIComponent(gid)}` }, timeoutMs, gid);
    if (body['transaction'] === undefined) throw this.noCoordinator();
    return { ...body, branches: body['branches'] ?? [] } as unknown as QueryView;
  }

  private async read(
    where: Pick<CoordinatorCall, 'path' | 'api'>,
    timeoutMs: number,
    gid?: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    const limits = { tryMs: timeoutMs / TRIES_PER_TIMEOUT, overallMs: timeoutMs };
    const { answer, lastFailure } = await deliver(this.connection, { ...where, method: 'GET' }, limits);
    if (!answer) {
      const call = { coordinator: this.url, outcome: 'unknown', ...(gid !== undefined && { gid }) } as const;
      throw new CoordinatorUnreachableError(call, { cause: lastFailure });
    }
    if (answer.status !== 200) throw refusal(answer);
    const body = jsonObjectOf(answer.body);
    if (!body) throw this.noCoordinator();
    return body;
  }

  private noCoordinator(): CoordinatorRefusedError {
    return new CoordinatorRefusedError(200, `what answers at ${this.url} is no coordinator`);
  }
}

/** @returns the error that repeats what the coordinator said. */
export function refusal(answer: Answer): CoordinatorRefusedError {
  return new CoordinatorRefusedError(answer.status, messageOf(answer));
}
