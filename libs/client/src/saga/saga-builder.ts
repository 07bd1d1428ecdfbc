import { checkGid, InvalidRequestError, parseServiceUrl, serviceUrl } from '@nestjs-dtx/protocol';
import { payloadText } from './payload';
import { checkSagaRequest, type SagaRequest } from './saga-request';

/** What a submit tells about a transaction that the coordinator has taken, or, with `waitResult`, has completed. */
export interface SubmittedTransaction {
  readonly gid: string;
}

/** Sends a finished request. */
export type SagaSubmitter = (request: SagaRequest) => Promise<SubmittedTransaction>;

/** Payload of a step; left out altogether, its branches are called without a body (GET). An explicit undefined is an error. */
export type OptionalPayload = [] | [payload: unknown];

type Options = Omit<SagaRequest, 'gid' | 'trans_type' | 'steps' | 'payloads' | 'custom_data' | 'concurrent'>;

/**
 * Builds one saga (spec 5.1): steps with compensations, run in sequence unless {@link concurrent} is set. Every method
 * changes this builder and returns it. Once submitted it is fixed: only the same submit may be repeated, which is safe, as
 * the gid makes it the same transaction.
 */
export class SagaBuilder {
  private readonly steps: { action: string; compensate: string }[] = [];
  private readonly payloads: string[] = [];
  private readonly orders = new Map<number, number[]>();
  private isConcurrent = false;
  private options: Options = {};
  private submitted: SagaRequest | undefined;

  /** @throws InvalidRequestError for a gid that cannot be stored */
  constructor(
    readonly gid: string,
    private readonly submitter: SagaSubmitter,
  ) {
    checkGid(gid);
  }

  /**
   * Adds a step by the name of a registered handler; its compensation is found by the same name.
   *
   * @param name `service/handler`
   * @param payload sent as JSON to action and compensation
   * @throws InvalidRequestError naming the step
   */
  step(name: string, ...payload: OptionalPayload): this {
    const url = serviceUrl(name);
    if (!parseServiceUrl(url)) {
      throw new InvalidRequestError(
        `steps[${this.steps.length}].name`,
        `must be service/handler, such as bank/withdraw`,
      );
    }
    return this.add(url, url, ...payload);
  }

  /**
   * Adds a step by URLs: `http(s)://…` or `svc://service/handler`. An empty one means that there is nothing to call.
   *
   * @throws InvalidRequestError naming the step
   */
  add(action: string, compensate: string, ...payload: OptionalPayload): this {
    this.refuseIfSubmitted();
    this.checkUrl('action', action);
    this.checkUrl('compensate', compensate);
    const text = payload.length === 0 ? '' : payloadText(payload[0], `payloads[${this.steps.length}]`);
    this.steps.push({ action, compensate });
    this.payloads.push(text);
    return this;
  }

  /**
   * Lets a step start only after others have succeeded; compensations keep the reverse order. Useful with
   * {@link concurrent}: a sequential saga has its order already.
   *
   * @param step position of the step, from 0
   * @param before positions of the steps it waits for
   */
  order(step: number, before: readonly number[]): this {
    this.refuseIfSubmitted();
    this.orders.set(step, [...(this.orders.get(step) ?? []), ...before]);
    return this;
  }

  /** Starts all steps at once, except where {@link order} makes one wait. */
  concurrent(concurrent = true): this {
    this.refuseIfSubmitted();
    this.isConcurrent = concurrent;
    return this;
  }

  /** Lets {@link submit} wait for the end: it resolves only if every step has succeeded. */
  waitResult(wait = true): this {
    return this.set({ wait_result: wait });
  }

  /** Rolls the saga back unless all its steps have succeeded after so many seconds; without it, never (spec 6.4). */
  timeoutToFail(seconds: number): this {
    return this.set({ timeout_to_fail: seconds });
  }

  /** Seconds between tries of a branch that answers ongoing; after an error twice that, doubling (spec 6.2, 6.3). */
  retryInterval(seconds: number): this {
    return this.set({ retry_interval: seconds });
  }

  /** Rolls the saga back after so many immediate repeats of failing calls; without it they are repeated for ever (spec 5.1). */
  retryLimit(repeats: number): this {
    return this.set({ retry_limit: repeats });
  }

  /** Seconds that one call of a branch may take. */
  requestTimeout(seconds: number): this {
    return this.set({ request_timeout: seconds });
  }

  /** Headers sent with every call of a branch, added to those set before. */
  branchHeaders(headers: Readonly<Record<string, string>>): this {
    return this.set({ branch_headers: { ...this.options.branch_headers, ...headers } });
  }

  /**
   * @returns the request as it would be sent now
   * @throws InvalidRequestError naming the first wrong field
   */
  toRequest(): SagaRequest {
    const { gid, steps, payloads, options } = this;
    const custom = this.customData();
    return checkSagaRequest({
      gid,
      trans_type: 'saga',
      steps: steps.map((step) => ({ ...step })),
      payloads: [...payloads],
      ...(custom !== undefined && { custom_data: custom }),
      ...(this.isConcurrent && { concurrent: true }),
      ...options,
    });
  }

  /**
   * Hands the saga to the coordinator. When it resolves, the coordinator has the saga durably and will complete or undo it;
   * with {@link waitResult}, all steps have succeeded.
   *
   * @throws InvalidRequestError before anything is sent
   * @throws TransactionFailedError the saga is or will be undone
   * @throws NotFinishedError with {@link waitResult}: it goes on, ask later
   * @throws CoordinatorRefusedError the coordinator has not taken it
   * @throws CoordinatorUnreachableError whether it has taken it is unknown: submit again
   */
  async submit(): Promise<SubmittedTransaction> {
    this.submitted ??= this.toRequest();
    return this.submitter(this.submitted);
  }

  private set(options: Options): this {
    this.refuseIfSubmitted();
    this.options = { ...this.options, ...options };
    return this;
  }

  /** Absent for a plain sequence, so that such a request is the same for every coordinator there ever was. */
  private customData(): string | undefined {
    if (!this.isConcurrent && this.orders.size === 0) return undefined;
    for (const [step, before] of this.orders) {
      const unknown = [step, ...before].find((position) => !(position in this.steps));
      if (unknown !== undefined) {
        throw new InvalidRequestError(`orders[${step}]`, `names step ${unknown}; there are ${this.steps.length} steps`);
      }
    }
    const orders = this.orders.size === 0 ? {} : { orders: Object.fromEntries(this.orders) };
    return JSON.stringify({ concurrent: this.isConcurrent, ...orders });
  }

  /** An unset setting must not turn into "nothing to call": only an empty text says that. */
  private checkUrl(key: 'action' | 'compensate', url: unknown): void {
    if (typeof url !== 'string')
      throw new InvalidRequestError(`steps[${this.steps.length}].${key}`, 'must be a string');
  }

  private refuseIfSubmitted(): void {
    if (this.submitted)
      throw new InvalidRequestError('saga', `${this.gid} was submitted already and cannot be changed`);
  }
}
