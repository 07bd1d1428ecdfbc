import { DtxError, ERROR_CODES, newGid, type QueryView } from '@nestjs-dtx/protocol';
import { BranchCaller } from './branch/branch-caller';
import { ServiceDirectory } from './branch/service-directory';
import { CoordinatorConnection } from './http/coordinator-connection';
import { parseCoordinatorUrl } from './http/coordinator-url';
import { SagaBuilder } from './saga/saga-builder';
import { urlOfPlace } from './transactions/branch-url';
import { CoordinatorApi } from './transactions/coordinator-api';
import { forceStopTransaction } from './transactions/force-stop';
import { submitTransaction } from './transactions/submit';

/** @see DtxClient */
export interface DtxClientOptions {
  /** `http://host:36789`, with or without `/api/dtmsvr`. */
  readonly coordinator: string;
  /**
   * Milliseconds that one call may take with all its tries: one that is not answered is repeated.
   * @default 15000
   */
  readonly timeoutMs?: number;
  /**
   * The same for a submit that waits for its result.
   * @default 60000
   */
  readonly waitTimeoutMs?: number;
  /**
   * Milliseconds that a call of a branch by this client may take (a try, a step of a workflow), unless the transaction says
   * otherwise.
   * @default 15000
   */
  readonly branchTimeoutMs?: number;
  /** Sent with every request to the coordinator, e.g. a gateway's token. Branches do not get them. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Sockets to the coordinator at most, and to each participant. A waiting submit holds one until it is answered.
   * @default 128
   */
  readonly connections?: number;
}

const DEFAULT_TIMEOUT_MS = 15_000;
const DEFAULT_WAIT_TIMEOUT_MS = 60_000;
const DEFAULT_BRANCH_TIMEOUT_MS = 15_000;
const DEFAULT_CONNECTIONS = 128;

/** Starts and inspects global transactions. One client per coordinator and process; it opens sockets when they are needed. */
export class DtxClient {
  private readonly api: CoordinatorApi;
  private readonly directory: ServiceDirectory;
  private readonly branches: BranchCaller;

  /** @throws DtxError `DTX_INVALID_CONFIG` naming the wrong option */
  constructor(options: DtxClientOptions) {
    const url = parseCoordinatorUrl(options.coordinator);
    const connections = positive('connections', options.connections ?? DEFAULT_CONNECTIONS);
    this.api = new CoordinatorApi(new CoordinatorConnection(url, { headers: options.headers ?? {}, connections }), {
      timeoutMs: positive('timeoutMs', options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      waitTimeoutMs: positive('waitTimeoutMs', options.waitTimeoutMs ?? DEFAULT_WAIT_TIMEOUT_MS),
    });
    this.directory = new ServiceDirectory(() => this.api.services());
    const timeoutMs = positive('branchTimeoutMs', options.branchTimeoutMs ?? DEFAULT_BRANCH_TIMEOUT_MS);
    this.branches = new BranchCaller(this.directory, { connections, timeoutMs });
  }

  /** @returns a new global id, made here: no call, no collision. */
  newGid(): string {
    return newGid();
  }

  /**
   * Starts building a saga.
   *
   * @param gid the transaction's id, and the key that makes a repeated submit harmless; give your own (an order number) if
   * the same business may be started twice
   * @throws InvalidRequestError for a gid that cannot be stored
   */
  saga(gid: string = newGid()): SagaBuilder {
    return new SagaBuilder(gid, async (request) => {
      await submitTransaction(this.api, request);
      return { gid: request.gid };
    });
  }

  /**
   * @returns the transaction with its branches; `transaction` is null for an unknown gid
   * @throws CoordinatorRefusedError, CoordinatorUnreachableError
   */
  query(gid: string): Promise<QueryView> {
    return this.api.query(gid);
  }

  /**
   * Where a registered handler answers, for calls outside of transactions.
   *
   * @param place `service/handler`, or a URL, which is returned unless it is a `svc://` one
   * @returns the URL at one live instance, another one each time; empty if this op needs no call
   * @throws BranchCallError when no live instance serves it
   * @throws InvalidRequestError, CoordinatorRefusedError, CoordinatorUnreachableError
   */
  async resolve(place: string, op: string): Promise<string> {
    const [url] = await this.directory.candidates(urlOfPlace(place, 'place'), op);
    return url;
  }

  /**
   * Ends a transaction as `failed` where it stands; **nothing is compensated** (spec 2.7).
   *
   * @throws CoordinatorRefusedError it is finished already, or unknown
   * @throws CoordinatorUnreachableError
   */
  forceStop(gid: string): Promise<void> {
    return forceStopTransaction(this.api, gid);
  }

  /**
   * @returns the coordinator's version, as `v1.2.3`
   * @throws CoordinatorRefusedError, CoordinatorUnreachableError
   */
  version(): Promise<string> {
    return this.api.version();
  }

  /** Lets the calls under way end and closes the sockets. May be called twice. */
  async close(): Promise<void> {
    await Promise.all([this.branches.close(), this.api.close()]);
  }
}

function positive(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new DtxError(ERROR_CODES.invalidConfig, `${option} must be a positive integer, not ${String(value)}`);
}
