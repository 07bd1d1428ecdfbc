import { DtxError, ERROR_CODES, newGid, type QueryView } from '@nestjs-dtx/protocol';
import { BranchCaller } from './branch/branch-caller';
import { ServiceDirectory } from './branch/service-directory';
import { linkTo } from './link-to';
import { MsgBuilder } from './msg/msg-builder';
import { SagaBuilder } from './saga/saga-builder';
import { Tcc } from './tcc/tcc';
import { TccBuilder } from './tcc/tcc-builder';
import { Topics } from './topics/topics';
import { urlOfPlace } from './transactions/branch-url';
import { CoordinatorApi } from './transactions/coordinator-api';
import { forceStopTransaction } from './transactions/force-stop';
import type { Initiator } from './transactions/initiator';
import { submitTransaction } from './transactions/submit';
import { joinBranch, type JoinOptions, type ParentBranch } from './two-phase/join-branch';
import { WorkflowApi } from './workflow/workflow-api';
import { WorkflowBuilder } from './workflow/workflow-builder';
import { Workflows } from './workflow/workflows';
import { XaParticipant, type XaParticipantOptions } from './xa/participant/xa-participant';
import type { XaSession } from './xa/participant/xa-session';
import { Xa } from './xa/xa';
import { XaBuilder } from './xa/xa-builder';

/** @see DtxClient */
export interface DtxClientOptions {
  /** `http://host:36789`, with or without `/api/dtmsvr`; for the transport grpc `host:36790`. */
  readonly coordinator: string;
  /**
   * How the coordinator is talked to. Over gRPC its transactions call their branches over gRPC too, except where a URL begins
   * with a scheme, and payloads may be bytes.
   * @default 'http'
   */
  readonly transport?: 'http' | 'grpc';
  /**
   * For the transport grpc: the coordinator's HTTP API beside it. Only there it tells its version, and where the handlers are
   * that the client is to call by name.
   */
  readonly httpCoordinator?: string;
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
  private readonly initiator: Initiator;
  /** Topics of 2-phase messages and their subscribers. */
  readonly topics: Topics;
  /** Where this process makes its workflows known, and resumes them. */
  readonly workflows: Workflows;

  /** @throws DtxError `DTX_INVALID_CONFIG` naming the wrong option */
  constructor(options: DtxClientOptions) {
    const connections = positive('connections', options.connections ?? DEFAULT_CONNECTIONS);
    this.api = new CoordinatorApi(linkTo(options, connections), {
      timeoutMs: positive('timeoutMs', options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      waitTimeoutMs: positive('waitTimeoutMs', options.waitTimeoutMs ?? DEFAULT_WAIT_TIMEOUT_MS),
    });
    this.directory = new ServiceDirectory(() => this.api.services());
    const timeoutMs = positive('branchTimeoutMs', options.branchTimeoutMs ?? DEFAULT_BRANCH_TIMEOUT_MS);
    const branches = new BranchCaller(this.directory, { connections, timeoutMs });
    this.initiator = { api: this.api, branches };
    this.topics = new Topics(this.api);
    this.workflows = new Workflows(new WorkflowApi(this.api), branches);
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
   * Starts building a tcc transaction.
   *
   * @param gid as for {@link saga}
   * @throws InvalidRequestError for a gid that cannot be stored
   */
  tcc(gid: string = newGid()): TccBuilder {
    return new TccBuilder(gid, this.initiator);
  }

  /**
   * Adds branches to a tcc transaction from within one of its tries.
   *
   * @param parent the try's request, as `branchInfoFrom` reads it
   * @param work starts the branches and awaits them
   * @returns what the work returns
   * @throws what the work throws, or else the error of the first branch that failed: the try must fail as well
   */
  joinTcc<T>(parent: ParentBranch, work: (tcc: Tcc) => Promise<T>, options: JoinOptions = {}): Promise<T> {
    return joinBranch({ parent, transType: 'tcc', options }, (scope, settings) =>
      work(new Tcc(this.initiator, scope, settings)),
    );
  }

  /**
   * Starts building a 2-phase message.
   *
   * @param gid as for {@link saga}
   * @throws InvalidRequestError for a gid that cannot be stored
   */
  msg(gid: string = newGid()): MsgBuilder {
    return new MsgBuilder(gid, this.initiator);
  }

  /**
   * Starts building an xa transaction.
   *
   * @param gid as for {@link saga}; it stands in the xid of every branch
   * @throws InvalidRequestError for a gid that cannot stand in an xid
   */
  xa(gid: string = newGid()): XaBuilder {
    return new XaBuilder(gid, this.initiator);
  }

  /**
   * Adds branches to an xa transaction from within the business of one of its branches.
   *
   * @param parent the branch's request, as `branchInfoFrom` reads it
   * @param work starts the branches and awaits them; they must not touch rows that the branch itself has touched
   * @returns what the work returns
   * @throws what the work throws, or else the error of the first branch that failed: the business must fail as well
   */
  joinXa<T>(parent: ParentBranch, work: (xa: Xa) => Promise<T>, options: JoinOptions = {}): Promise<T> {
    return joinBranch({ parent, transType: 'xa', options }, (scope, settings) =>
      work(new Xa(this.initiator, scope, settings)),
    );
  }

  /** @returns the participant's side of xa transactions on a database of this service */
  xaParticipant<Session extends XaSession>(options: XaParticipantOptions<Session>): XaParticipant<Session> {
    return new XaParticipant(this.api, options);
  }

  /**
   * Starts a workflow that this process has registered under the name.
   *
   * @param gid the transaction's id, and the key that makes a repeated execute harmless; give your own (an order number) if
   * the same business may be started twice
   * @throws InvalidRequestError for a gid that cannot be stored
   */
  workflow<Input = unknown, Result = unknown>(name: string, gid: string = newGid()): WorkflowBuilder<Input, Result> {
    return new WorkflowBuilder<Input, Result>(gid, (input, start) => this.workflows.execute(name, input, start));
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
    const [url] = await this.directory.candidates(urlOfPlace(place, 'place'), [op]);
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
    // Steps under way still need both.
    await this.workflows.close();
    await Promise.all([this.initiator.branches.close(), this.api.close()]);
  }
}

function positive(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new DtxError(ERROR_CODES.invalidConfig, `${option} must be a positive integer, not ${String(value)}`);
}
